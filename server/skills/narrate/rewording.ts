import type { CancellationToken } from '../../common/cancellation.js';
import type { Lane } from '../../common/fairQueue.js';
import type { TimedText } from '../../context/buildTimelineContext.js';
import { completeText } from '../../engine/completeText.js';
import type { Engine } from '../../engine/engine.js';
import type { ModelSlot } from '../../engine/modelSlot.js';
import { longVideoPrompts } from '../../longVideo/prompts.js';
import type { SamplingOptions, SummarySource } from '../../protocol/index.js';
import { cleanLine } from '../suggest/cleanAnswer.js';

/**
 * Asks a model to say a line in other words. Undefined for models that cannot be asked that: they are asked about the
 * window again.
 */
export function rewording(
  engine: Engine,
  { slot, lane, half, token }: { slot: ModelSlot; lane: Lane; half: SummarySource; token: CancellationToken },
): ((line: TimedText, sampling?: SamplingOptions) => Promise<string>) | undefined {
  const { abilities, demonstration } = slot.manifest;
  if (half === 'events' || demonstration || !abilities.includes('timeline')) {
    return undefined;
  }
  return async ({ text }, sampling = {}) => {
    const question = longVideoPrompts.rephrase(text);
    const answer = await completeText(engine, { slot, lane, question, sampling, token });
    return cleanLine(answer.text).replace(/^["“](.*)["”]$/, '$1');
  };
}
