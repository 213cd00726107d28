import type { PanelModel } from '../../../server/protocol/panel.js';
import { format, strings } from '../strings.js';

/** What leaves the machine when a model is asked that answers elsewhere, in a sentence. */
export function leavesNote({ name, halves }: PanelModel, host: string): string {
  const { leavesWithFrames, leavesWithText, leavesThroughEditor } = strings();
  return format(halves?.includes('embeddings') ? leavesWithFrames : leavesWithText, name, host || leavesThroughEditor);
}
