import { type AnnotatedTurn, phrase } from '../../../protocol/index.js';
import { cleanLine } from '../cleanAnswer.js';
import type { Said } from '../interviewer.js';
import { knownFacts } from '../knownFacts.js';
import { conversationRecipe } from '../prompts.js';
import { readPairs } from '../readPairs.js';
import type { SuggestRun } from '../suggestRun.js';
import { suggestDescription } from './description.js';

/** Questions of a conversation that is held rather than written. */
const mostTurns = 5;

/**
 * A description, where there is none, and a conversation: written by the model from captions and tags; or, by a model
 * whose manifest names the questions it can answer, held question by question.
 */
export async function suggestConversation(run: SuggestRun): Promise<void> {
  const { interviewer } = run;
  if ((run.document.description ?? '').trim() === '') {
    await suggestDescription(run);
  }
  const own = (await interviewer.questions()).questions;
  const { turns, model } = own ? await hold(run, own) : await write(run);
  const before = run.edits.length;
  if (turns.length > 0 && model) {
    run.add('conversations', { turns }, run.by(model));
  }
  if (run.edits.length === before) {
    run.note(phrase`No new conversation: the model said nothing, or what is there already.`);
  }
}

async function hold(run: SuggestRun, questions: readonly string[]): Promise<{ turns: AnnotatedTurn[]; model?: Said['model'] }> {
  const { interviewer, span } = run;
  const asked = [(await interviewer.questions()).summary, ...questions].slice(0, mostTurns);
  const turns: AnnotatedTurn[] = [];
  let model: Said['model'] | undefined;
  for (const [index, question] of asked.entries()) {
    run.step(index, asked.length, phrase`Conversation`);
    const said = await (index === 0 ? interviewer.ask(question, span) : interviewer.follow(question, span));
    const answer = cleanLine(said.text);
    if (answer !== '') {
      turns.push({ role: 'user', text: question, ...(span ? { span } : {}) }, { role: 'assistant', text: answer });
      // The conversation is its own prompt: its questions are its turns.
      model ??= said.model;
    }
  }
  if (model) {
    const { prompt: _, ...rest } = model;
    return { turns, model: { ...rest, prompt: turns.flatMap(({ role, text }) => (role === 'user' ? [text] : [])).join('\n') } };
  }
  return { turns };
}

async function write(run: SuggestRun): Promise<{ turns: AnnotatedTurn[]; model: Said['model'] }> {
  const known = await knownFacts(run);
  run.step(0, 1, phrase`Conversation`);
  const { text, model } = await run.interviewer.ask(conversationRecipe(known), run.span);
  const turns = readPairs(text).flatMap(({ question, answer }): AnnotatedTurn[] => [
    { role: 'user', text: question },
    { role: 'assistant', text: answer },
  ]);
  return { turns, model };
}
