import type { SamplingOptions } from '../../protocol/index.js';
import { sameText } from '../suggest/cleanAnswer.js';

/** LaViLa's narrator: nucleus sampling. */
const sampling = { temperature: 0.7, topP: 0.95 };
/** So many answers in a row that say nothing new, and the model has no other words. */
const patience = 4;

/**
 * Other wordings of a line, as a model gives them when it is asked again and again: each once, none of them the line itself.
 *
 * @param say asks the model; the same seed gets the same words
 * @returns fewer than wanted where the model has no other words
 */
export async function findVariants(line: string, wanted: number, say: (sampling: SamplingOptions) => Promise<string>): Promise<string[]> {
  const found: string[] = [];
  let idle = 0;
  for (let seed = 1; found.length < wanted && idle < patience; seed++) {
    const text = await say({ ...sampling, seed });
    const isNew = text !== '' && ![line, ...found].some((known) => sameText(known, text));
    idle = isNew ? 0 : idle + 1;
    if (isNew) found.push(text);
  }
  return found;
}
