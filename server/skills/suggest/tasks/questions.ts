import { phrase } from '../../../protocol/index.js';
import { cleanLine, sameText } from '../cleanAnswer.js';
import { knownFacts } from '../knownFacts.js';
import { questionRecipe } from '../prompts.js';
import { readPairs } from '../readPairs.js';
import type { SuggestRun } from '../suggestRun.js';

/**
 * Question–answer pairs. A model whose manifest names the questions it can answer is asked those, and the pairs are
 * the questions with its answers; any other writes both from what is known of the clip. Provenance has which it was:
 * the prompt is the question itself, or the recipe.
 */
export async function suggestQuestions(run: SuggestRun): Promise<void> {
  const { interviewer, span } = run;
  const own = (await interviewer.questions()).questions;
  const before = run.edits.length;
  if (own) {
    const open = own.filter((question) => !run.document.questions.some((known) => sameText(known.question, question)));
    for (const [index, question] of open.entries()) {
      run.step(index, open.length, phrase`Questions and answers`);
      const { text, model } = await interviewer.ask(question, span);
      const answer = cleanLine(text);
      if (answer !== '') {
        run.add('questions', { question, answer, type: 'open', ...(span ? { span } : {}) }, run.by(model));
      }
    }
  } else {
    const known = await knownFacts(run);
    run.step(0, 1, phrase`Questions and answers`);
    const { text, model } = await interviewer.ask(questionRecipe(known), span);
    for (const { question, answer } of readPairs(text)) {
      run.add('questions', { question, answer, type: 'open', ...(span ? { span } : {}) }, run.by(model));
    }
  }
  if (run.edits.length === before) {
    run.note(phrase`Nothing new: the model wrote no question with an answer, or none that is not there already.`);
  }
}
