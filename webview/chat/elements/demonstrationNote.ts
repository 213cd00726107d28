import type { PanelModel } from '../../../server/protocol/panel.js';
import { format, strings } from '../strings.js';

/** What a demonstration model knows of clips, in a sentence. */
export function demonstrationNote({ name, halves }: PanelModel): string {
  const { demonstrationReads, demonstrationHint } = strings();
  return format(halves?.includes('timeline') ? demonstrationReads : demonstrationHint, name);
}
