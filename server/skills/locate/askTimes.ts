import { randomUUID } from 'node:crypto';
import { buildTimelineContext } from '../../context/buildTimelineContext.js';
import { completeText, textBudget } from '../../engine/completeText.js';
import type { Engine } from '../../engine/engine.js';
import { contextRoom } from '../../longVideo/contextRoom.js';
import type { ChatProgress, Segment, Timeline } from '../../protocol/index.js';
import { askClip, type AskClipRequest } from '../askClip.js';
import { longestReply, readerForm, readerGrammar, readReply } from './readerGrammar.js';
import { asksWhen, timesPrompt } from './timesPrompt.js';

export interface AskTimesRequest extends Pick<AskClipRequest, 'slot' | 'client' | 'video' | 'span' | 'token' | 'translate'> {
  query: string;
  /** What is looked at. */
  part: Segment;
  progress(value: ChatProgress): void;
}

export interface ToldTimes {
  answer: string;
  spans: Segment[];
  /** Geometric mean of the probabilities of the numbers in the answer, as the model found them. */
  confidence: number;
  /** Frames the model was shown. */
  seconds: number[];
}

/** Bytes of the longest answer with two numbers, in a manifest's words. */
const longestAnswer = 400;

/** Shows a model the clip and has it say when something is to be seen. */
export async function askByFrames(engine: Engine, request: AskTimesRequest, answersFrom: 'embeddings' | 'both'): Promise<ToldTimes> {
  const { query, part, ...about } = request;
  const { question, grammar, form, read } = timesPrompt(about.slot.manifest, query, part);
  let logProbs: readonly number[] = [];
  const { text, plan } = await askClip(engine, {
    ...about,
    question,
    answersFrom,
    sampling: { temperature: 0, maxTokens: longestAnswer },
    constraint: { grammar, form, onLogProbs: (values) => (logProbs = values) },
  });
  const told = read(text);
  return { answer: text, spans: told ? [told] : [], confidence: meanProbability(logProbs, 2), seconds: plan.seconds };
}

/** Has a model read what was noticed in the clip, and say when something happens. */
export async function askByTimeline(engine: Engine, { slot, client, query, part, span, token, progress }: AskTimesRequest, timeline: Timeline): Promise<ToldTimes> {
  const question = asksWhen(query) ? query.trim() : `When is ${query.trim().replace(/[.!]+$/, '')} seen?`;
  const room = contextRoom(await textBudget(engine, slot, token), question);
  const { text: context } = buildTimelineContext({ timeline, ...(span ? { span } : {}), question, ...room });
  progress({ kind: 'stage', stage: 'generating' });
  const { text, logProbs = [] } = await completeText(engine, {
    slot,
    lane: { client, chat: `locate-${randomUUID()}` },
    context,
    question,
    sampling: { temperature: 0, maxTokens: longestReply },
    grammar: readerGrammar(part.endSeconds),
    form: readerForm(part.endSeconds),
    withLogProbs: true,
    token,
  });
  const spans = readReply(text);
  return { answer: text, spans, confidence: meanProbability(logProbs, (text.match(/\d+(?:\.\d)?/g) ?? []).length), seconds: timeline.frameSeconds };
}

/** Where a model does not tell how sure it is. */
const untold = 0.5;

/** The words between the numbers are all but certain, so what is left is the numbers'. The last token is the end. */
function meanProbability(logProbs: readonly number[], numbers: number): number {
  if (logProbs.length === 0) {
    return untold;
  }
  const sum = logProbs.slice(0, -1).reduce((total, value) => total + value, 0);
  return Math.min(1, Math.exp(sum / Math.max(1, numbers)));
}
