import { picturesPart } from '../clipEntry.js';
import type { SearchSource } from '../searchSource.js';

/** Which model has seen the clip's pictures. What it has seen is kept by the clip's content; see `pictures/`. */
export const picturesSource: SearchSource = {
  name: picturesPart,
  stamp: async ({ stamp }, known) => (known?.startsWith(`${stamp} `) ? known : undefined),
  read: async () => [],
};
