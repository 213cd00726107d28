import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VideoParts } from '../../server/engine/engineParts.js';

/** Writes pictures that are their own names, `frame N`: what is sent can be compared byte for byte. */
export function namedFrames(folder: string): VideoParts['write'] {
  return async (_video, plan) =>
    Promise.all(
      plan.indices.map(async (index, place) => {
        const file = path.join(folder, `${place}.jpg`);
        await writeFile(file, `frame ${index}`);
        return file;
      }),
    );
}
