import { Limits } from '../../../server/protocol/limits.js';
import type { PanelState } from '../../../server/protocol/panel.js';
import { strings } from '../strings.js';

/** Why a question cannot be sent now, in a person's words; nothing if it can. Typing is always possible. */
export function sendBlock(panel: PanelState, draft: string): string | undefined {
  const texts = strings();
  const [clip] = panel.clips;
  if (panel.server.state === 'failed') {
    return texts.whyServerFailed;
  }
  if (panel.busy) {
    return texts.whyBusy;
  }
  if (!clip) {
    return texts.whyNoClip;
  }
  if (panel.clips.every((item) => item.problem)) {
    return clip.problem?.message ?? texts.whyClipProblem;
  }
  // Which models there are is known when the server runs.
  if (!panel.model && panel.server.state === 'ready') {
    return texts.whyNoModel;
  }
  return draft.length > Limits.questionCharacters ? texts.whyTooLong : undefined;
}
