import { ErrorCode, phrase, VideoChatError } from '../../../protocol/index.js';
import { matchLabel } from '../matchLabel.js';
import { labelQuestion } from '../prompts.js';
import type { SuggestRun } from '../suggestRun.js';

/**
 * Labels of segments that have none. The model is asked what it sees, then which label fits; a label counts where an
 * answer names one and no other.
 */
export async function suggestLabels(run: SuggestRun): Promise<void> {
  const labels = run.params.labels?.filter((label) => label.trim() !== '') ?? [];
  if (labels.length === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'There are no labels to choose from.', {
      hint: 'Write labels into videochat.dataset.json, or name them in the request.',
    });
  }
  const segments = run.segments.filter(({ label = '' }) => label.trim() === '');
  const { interviewer } = run;
  const questions = [(await interviewer.questions()).caption, labelQuestion(labels)];
  let unclear = 0;
  for (const [index, segment] of segments.entries()) {
    run.step(index, segments.length, phrase`Labels`);
    const span = run.spanOf(segment);
    let label: string | undefined;
    for (const question of span ? questions : []) {
      const { text, model } = await interviewer.ask(question, span);
      label = matchLabel(text, labels);
      if (label !== undefined) {
        run.fill(segment, { label }, model);
        break;
      }
    }
    unclear += label === undefined ? 1 : 0;
  }
  if (segments.length === 0) {
    run.note(phrase`There is no segment without a label here.`);
  } else if (unclear > 0) {
    run.note(phrase`For ${unclear} of ${segments.length} segments the model named no label, or several.`);
  }
}
