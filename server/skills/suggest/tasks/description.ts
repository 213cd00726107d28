import { phrase } from '../../../protocol/index.js';
import { cleanAnswer } from '../cleanAnswer.js';
import type { SuggestRun } from '../suggestRun.js';

/** What the whole clip shows, where nobody has said so yet. */
export async function suggestDescription(run: SuggestRun): Promise<void> {
  if ((run.document.description ?? '').trim() !== '') {
    run.note(phrase`The clip has a description already.`);
    return;
  }
  run.step(0, 1, phrase`Description`);
  const { interviewer } = run;
  const { text, model } = await interviewer.ask((await interviewer.questions()).summary, run.span);
  const description = cleanAnswer(text);
  if (description === '') {
    run.note(phrase`The model said nothing about this clip.`);
    return;
  }
  run.describe(description, run.by(model));
}
