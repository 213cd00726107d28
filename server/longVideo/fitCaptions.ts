import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import { buildTimelineContext, type TimedText } from '../context/buildTimelineContext.js';
import { completeText } from '../engine/completeText.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { SummarySource, Timeline } from '../protocol/index.js';
import { cleanLine } from '../skills/suggest/cleanAnswer.js';
import { condenseCaptions, mergeEqual } from './condenseCaptions.js';
import type { TokenBudget } from './contextRoom.js';
import { retrieveCaptions } from './retrieveCaptions.js';

export interface FitCaptionsRequest {
  slot: ModelSlot;
  lane: Lane;
  timeline: Timeline;
  captions: readonly TimedText[];
  /** Events: there is no model to condense, and some captions are left out. */
  half: SummarySource;
  question?: string;
  budget: TokenBudget;
  readableTokens: number;
  token: CancellationToken;
  onPart?(done: number, total: number): void;
}

/** So many times what the model reads in one go is condensed for a question; the rest has less to do with it. */
const mostReadings = 8;
const condensedTokens = 160;

/** Brings captions into the room there is: those about the question first, then condensed in rounds until they fit. */
export async function fitCaptions(engine: Engine, request: FitCaptionsRequest): Promise<TimedText[]> {
  const { slot, lane, timeline, question, budget, readableTokens, half, token, onPart } = request;
  // A demonstration understands the questions it was trained with, and no other.
  if (half === 'events' || slot.manifest.demonstration) {
    return retrieveCaptions(question ?? '', mergeEqual(request.captions), budget);
  }
  const { countTokens } = budget;
  const near = question === undefined ? request.captions : retrieveCaptions(question, request.captions, { maxTokens: mostReadings * readableTokens, countTokens });
  return condenseCaptions({
    captions: near,
    ...(question === undefined ? {} : { question }),
    budget,
    readableTokens,
    width: slot.manifest.backend?.concurrency ?? 1,
    ask: async (part, captions, prompt) => {
      // What is condensed is what was said; events come in beside the result.
      const { text: context } = buildTimelineContext({ timeline: { ...timeline, events: [] }, captions, span: part, maxTokens: readableTokens, countTokens });
      const { text } = await completeText(engine, { slot, lane, context, question: prompt, sampling: { maxTokens: condensedTokens }, token });
      return cleanLine(text);
    },
    ...(onPart ? { onPart } : {}),
  });
}
