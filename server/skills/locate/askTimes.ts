import { randomUUID } from 'node:crypto';
import { answerQuestion } from '../../chat/answerQuestion.js';
import type { AnswerRequest } from '../../chat/answerRequest.js';
import { chooseHalf } from '../../chat/chooseHalf.js';
import { completeText, textBudget } from '../../chat/completeText.js';
import { Conversation } from '../../chat/conversation.js';
import { checkMedia, createMedium } from '../../chat/medium.js';
import { StageClock } from '../../chat/stageClock.js';
import type { CancellationToken } from '../../common/cancellation.js';
import type { Translate } from '../../common/translator.js';
import { buildTimelineContext } from '../../context/buildTimelineContext.js';
import type { Engine } from '../../engine/engine.js';
import type { ModelSlot } from '../../engine/modelSlot.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import { contextRoom } from '../../longVideo/contextRoom.js';
import type { AnswerHalf, ChatProgress, Segment, Timeline } from '../../protocol/index.js';
import { longestReply, readerGrammar, readReply } from './readerGrammar.js';
import { asksWhen, timesPrompt } from './timesPrompt.js';

export interface AskTimesRequest {
  slot: ModelSlot;
  client: string;
  video: LibraryVideo;
  query: string;
  /** What is looked at. */
  part: Segment;
  /** Left out: the whole clip is. */
  span?: Segment;
  token: CancellationToken;
  translate: Translate;
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

/** Which half of a model answers about this clip where nobody says. */
export async function halfFor(engine: Engine, request: AskTimesRequest): Promise<AnswerHalf> {
  const lease = await request.slot.acquire(request.token);
  const conversation = converse(request);
  try {
    return (await chooseHalf(engine, questionOf(request, conversation, request.query), lease.model)).half;
  } finally {
    await conversation.close();
    lease.release();
  }
}

/** Shows a model the clip and has it say when something is to be seen. */
export async function askByFrames(engine: Engine, request: AskTimesRequest, answersFrom: 'embeddings' | 'both'): Promise<ToldTimes> {
  const { slot, video, query, part } = request;
  checkMedia([video], slot.manifest);
  const { question, grammar, read } = timesPrompt(slot.manifest, query, part);
  const conversation = converse(request);
  let logProbs: readonly number[] = [];
  try {
    const { text, plan } = await answerQuestion(engine, {
      ...questionOf(request, conversation, question),
      answersFrom,
      constraint: { grammar, onLogProbs: (values) => (logProbs = values) },
    });
    const told = read(text);
    return { answer: text, spans: told ? [told] : [], confidence: meanProbability(logProbs, 2), seconds: plan.seconds };
  } finally {
    await conversation.close();
  }
}

function converse({ slot, client, video }: AskTimesRequest): Conversation {
  return new Conversation(`locate-${randomUUID()}`, [createMedium(video)], slot, slot.manifest.id, {}, client);
}

function questionOf({ span, token, translate, progress }: AskTimesRequest, conversation: Conversation, question: string): AnswerRequest {
  return {
    conversation,
    question,
    frames: span ? { span } : {},
    turns: [],
    sampling: { temperature: 0, maxTokens: longestAnswer },
    token,
    clock: new StageClock(performance.now()),
    translate,
    progress: (value) => (value.kind === 'stage' ? progress(value) : undefined),
  };
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
    withLogProbs: true,
    token,
  });
  const spans = readReply(text);
  return { answer: text, spans, confidence: meanProbability(logProbs, (text.match(/\d+(?:\.\d)?/g) ?? []).length), seconds: timeline.frameSeconds };
}

/** The words between the numbers are all but certain, so what is left is the numbers'. The last token is the end. */
function meanProbability(logProbs: readonly number[], numbers: number): number {
  const sum = logProbs.slice(0, -1).reduce((total, value) => total + value, 0);
  return Math.min(1, Math.exp(sum / Math.max(1, numbers)));
}
