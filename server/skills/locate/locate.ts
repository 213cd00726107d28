import { randomUUID } from 'node:crypto';
import type { Engine } from '../../engine/engine.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import { partOf } from '../../longVideo/partOf.js';
import { checkHalf } from '../../models/checkHalf.js';
import {
  type AnswersFrom,
  type ChatProgress,
  ErrorCode,
  type LocateCreateParams,
  type LocatedSpan,
  type LocateResult,
  phrase,
  type Phrase,
  type Segment,
  type SummarySource,
  type Timeline,
  VideoChatError,
  type WorkStep,
} from '../../protocol/index.js';
import { chatHalf } from '../resolveHalf.js';
import type { SkillContext, SkillHost } from '../summarise/summarise.js';
import { withoutModel } from '../withoutModel.js';
import { askByFrames, askByTimeline, type AskTimesRequest, type ToldTimes } from './askTimes.js';
import { type FindableEvent, findEvents, type FoundSpan, overlap } from './findEvents.js';
import { writtenEvents } from './writtenEvents.js';

const usualMost = 10;
const mostFrames = 16;
/** How much of a told span and an event must be the same for the event to speak for it. */
const sameShare = 0.5;
/** What is left of a reader's confidence where no event has to do with the words of the query. */
const unsupported = 0.2;

type Found = Pick<LocateResult, 'spans' | 'from' | 'confidenceOf'> & { answer?: string; note?: Phrase };

/**
 * Finds when something is to be seen or heard in a clip: by the model's own sense of time, by what a model reads of the
 * timeline, or by searching the timeline's events.
 *
 * @throws VideoChatError InvalidParams for a picture, a query that names nothing, or a half that the model does not have;
 *   FramePlanInvalid for a part outside the clip; what asking the model and looking through the clip throw
 */
export async function locate(
  { engine, client, translate }: SkillHost,
  video: LibraryVideo,
  { query, modelId, answersFrom = 'auto', span, most = usualMost }: Omit<LocateCreateParams, 'videoId'>,
  { token, progress }: SkillContext<ChatProgress | WorkStep>,
): Promise<LocateResult> {
  const started = performance.now();
  const { facts } = video.opened;
  if (facts.kind === 'image') {
    throw new VideoChatError(ErrorCode.InvalidParams, 'In a picture, nothing happens at another time.', { hint: 'Choose a video.', subject: facts.path });
  }
  const cut = partOf(facts, span);
  const part = cut ?? { startSeconds: 0, endSeconds: facts.durationSeconds };
  const slot = modelId === undefined ? undefined : await engine.models.get(modelId);
  const request = slot && { slot, client, video, query, part, ...(cut ? { span: cut } : {}), token, translate, progress };
  const half = request ? await halfOf(engine, request, answersFrom) : withoutModel(answersFrom);
  const lane = { client, chat: `locate-${randomUUID()}` };
  let timeline: Promise<Timeline> | undefined;
  const look = (): Promise<Timeline> => (timeline ??= makeTimeline(engine, video, lane, translate, token, progress));

  const search = async (): Promise<Found> => {
    const { events, frameSeconds } = await look();
    const all: FindableEvent[] = [...events, ...writtenEvents(facts.path)];
    const { spans, missing } = findEvents(query, all.filter((event) => event.startSeconds < part.endSeconds && event.endSeconds > part.startSeconds));
    const note = missing.length > 0 ? phrase`Nothing was noticed of: ${missing.join(', ')}.` : undefined;
    return { from: 'events', confidenceOf: 'events', spans: finished(spans, part, frameSeconds), ...(note ? { note } : {}) };
  };
  const ask = async (asked: AskTimesRequest): Promise<Found> => {
    if (half === 'embeddings' || half === 'both') {
      const told = await askByFrames(engine, asked, half);
      return { from: half, confidenceOf: 'tokens', answer: told.answer, ...spansOf(told, part, []) };
    }
    const known = await look();
    const told = await askByTimeline(engine, asked, known);
    const made = spansOf(told, part, known.events);
    return { from: 'timeline', confidenceOf: 'tokens', answer: told.answer, ...made, ...checked(made.spans, query, known.events, part) };
  };

  let found = half === 'events' || !request ? await search() : await ask(request);
  if (half === 'timeline' && found.spans.length === 0) {
    const searched = await search();
    const note = phrase`The model has found nothing in the timeline; events were searched.`;
    found = searched.spans.length > 0 ? { ...searched, ...(found.answer === undefined ? {} : { answer: found.answer }), note } : found;
  }
  const { answer, note, spans, ...basis } = found;
  return {
    facts,
    query,
    spans: spans.slice(0, most),
    ...basis,
    ...(slot ? { model: { id: slot.manifest.id, name: slot.manifest.name, demonstration: slot.manifest.demonstration, answer: answer ?? '' } } : {}),
    ...(note ? { note: translate(note) } : {}),
    totalMs: performance.now() - started,
  };
}

/** Models that do not tell times by themselves are not asked to, unless somebody wants it. */
async function halfOf(engine: Engine, request: AskTimesRequest, asked: AnswersFrom | 'events'): Promise<SummarySource> {
  const { manifest } = request.slot;
  if (asked !== 'auto') {
    checkHalf(asked, manifest);
    return asked;
  }
  if (manifest.abilities.includes('grounding')) {
    return (await chatHalf(engine, request)).half;
  }
  return manifest.abilities.includes('timeline') ? 'timeline' : 'events';
}

/**
 * What a model has read, compared with the events whose words fit the query. Spans in which there is none of them go;
 * where there is none at all, the model may know another word for it, or may have made it up.
 */
function checked(told: readonly LocatedSpan[], query: string, events: Timeline['events'], part: Segment): { spans?: LocatedSpan[]; note?: Phrase } {
  const inside = events.filter((event) => event.startSeconds < part.endSeconds && event.endSeconds > part.startSeconds);
  const { spans: fitting, missing } = tryToFind(query, inside) ?? { spans: undefined, missing: [] };
  if (!fitting || told.length === 0) {
    return {};
  }
  if (fitting.length === 0) {
    return { spans: told.map((span) => ({ ...span, confidence: rounded(span.confidence * unsupported) })), note: phrase`Nothing was noticed of: ${missing.join(', ')}.` };
  }
  return { spans: told.filter((span) => fitting.some((event) => overlap(event, span) > 0)) };
}

/** A question may name nothing that could be searched for. */
function tryToFind(query: string, events: Timeline['events']): ReturnType<typeof findEvents> | undefined {
  try {
    return findEvents(query, events);
  } catch {
    return undefined;
  }
}

/** What a model has told, as spans inside the part. */
function spansOf({ answer, spans, confidence, seconds }: ToldTimes, part: Segment, events: Timeline['events']): { spans: LocatedSpan[]; note?: Phrase } {
  const told = spans.map((each): FoundSpan => {
    const there = events.filter((event) => overlap(event, each) >= sameShare).sort((a, b) => overlap(b, each) - overlap(a, each) || b.confidence - a.confidence);
    const best = there[0];
    return {
      ...each,
      confidence: confidence * (best?.confidence ?? 1),
      reasons: [answer.trim(), ...(best ? [best.label] : [])],
      ...(best?.bestSeconds === undefined ? {} : { bestSeconds: best.bestSeconds }),
    };
  });
  const kept = finished(told.sort((a, b) => b.confidence - a.confidence), part, seconds);
  return kept.length < spans.length ? { spans: kept, note: phrase`The model has named times that are not in the clip, or end before they begin.` } : { spans: kept };
}

/** Cut to the part, without those that have no length there, with the frames that show them. */
function finished(spans: readonly FoundSpan[], part: Segment, frames: readonly number[]): LocatedSpan[] {
  return spans.flatMap(({ bestSeconds, confidence, reasons, ...span }): LocatedSpan[] => {
    const startSeconds = rounded(Math.max(span.startSeconds, part.startSeconds));
    const endSeconds = rounded(Math.min(span.endSeconds, part.endSeconds));
    if (!(endSeconds > startSeconds)) {
      return [];
    }
    const inside = frames.filter((time) => time >= startSeconds && time < endSeconds);
    const middle = (startSeconds + endSeconds) / 2;
    const nearest = inside.reduce((best, time) => (Math.abs(time - middle) < Math.abs(best - middle) ? time : best), inside[0] ?? middle);
    const step = Math.max(1, inside.length / mostFrames);
    const shown = Array.from({ length: Math.min(inside.length, mostFrames) }, (_, i) => inside[Math.floor(i * step)] ?? middle);
    const best = bestSeconds !== undefined && bestSeconds >= startSeconds && bestSeconds < endSeconds ? bestSeconds : nearest;
    return [{ startSeconds, endSeconds, confidence: rounded(confidence), bestSeconds: rounded(best), frameSeconds: shown, reasons }];
  });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
