import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { TimedText } from '../context/buildTimelineContext.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { Captioner } from '../longVideo/captioner.js';
import { type CaptionedProgress, captionWindows } from '../longVideo/captionWindows.js';
import type { TokenBudget } from '../longVideo/contextRoom.js';
import { cutCaptionWindows } from '../longVideo/cutCaptionWindows.js';
import { EventsCaptioner } from '../longVideo/eventsCaptioner.js';
import { fitCaptions } from '../longVideo/fitCaptions.js';
import { questionsOf } from '../longVideo/questionsOf.js';
import { TimelineCaptioner } from '../longVideo/timelineCaptioner.js';
import type { Segment, SummarySource, Timeline } from '../protocol/index.js';
import { EmbeddingsCaptioner } from './embeddingsCaptioner.js';

/** Most windows that are captioned in one go: hours take no longer than that. */
export const usualMostWindows = 400;

export interface CaptionClipRequest {
  slot: ModelSlot;
  lane: Lane;
  video: LibraryVideo;
  /** Of the clip: its shots say where windows begin. */
  timeline: Timeline;
  half: SummarySource;
  /** Only windows of this part. */
  span?: Segment;
  /** Longest window, 0.5 to 8 s; 4 where left out. */
  windowSeconds?: number;
  /** {@link usualMostWindows} where left out. */
  mostWindows?: number;
  /** Captions that are made in this run; what was made before comes besides. All where left out. */
  mostAsked?: number;
  /** Frame plan of a window. */
  plan?: string;
  token: CancellationToken;
  progress?(value: CaptionedProgress): void | Promise<void>;
}

export interface GatherCaptionsRequest extends CaptionClipRequest {
  /** What is asked about the clip. */
  question?: string;
  /** What the captions may take in the prompt. */
  budget: TokenBudget;
  /** What the model condenses in one go, in tokens. */
  readableTokens: number;
}

/** Captions of a clip's windows; see {@link captionWindows}. */
export async function captionClip(engine: Engine, request: CaptionClipRequest): Promise<TimedText[]> {
  const { video, timeline, windowSeconds, span, half, slot, mostWindows = usualMostWindows, mostAsked, token, progress } = request;
  const cuts = timeline.events.filter(({ track, startSeconds }) => track === 'shots' && startSeconds > 0).map(({ startSeconds }) => startSeconds);
  const windows = cutCaptionWindows(video.opened.facts.durationSeconds, cuts, windowSeconds, span);
  const captioner = await createCaptioner(engine, request);
  try {
    const captions = await captionWindows({ contentHash: video.opened.facts.contentHash, windows, captioner, store: engine.captions, mostWindows, ...(mostAsked === undefined ? {} : { mostAsked }), token, ...(progress ? { progress } : {}) });
    if (half !== 'events' && span === undefined) {
      engine.search.tell(video.path, 'captions', captions.map((each) => ({ ...each, kind: 'captions', source: slot.manifest.id })));
    }
    return captions;
  } finally {
    await captioner.dispose();
  }
}

/**
 * What is said of a clip's parts, made to fit beside a question about it: captions of windows, those that have to do with
 * the question where there are too many, condensed in rounds.
 *
 * @throws what asking the model throws; captions that were made are kept, and not made again
 */
export async function gatherCaptions(engine: Engine, request: GatherCaptionsRequest): Promise<TimedText[]> {
  const captions = await captionClip(engine, request);
  return fitCaptions(engine, { ...request, captions });
}

export interface CaptionerRequest extends Pick<CaptionClipRequest, 'half' | 'slot' | 'lane' | 'video' | 'plan' | 'token'> {
  /** What the halves need that are shown no frames. */
  timeline?: Timeline;
}

const nothing: Timeline = { contentHash: '', durationSeconds: 0, tracks: [], events: [], frameSeconds: [], models: [] };

/** Dispose of it when done. */
export async function createCaptioner(engine: Engine, { half, slot, lane, video, timeline = nothing, plan, token }: CaptionerRequest): Promise<Captioner> {
  const { caption: question } = questionsOf(slot.manifest, video.opened.facts, half);
  switch (half) {
    case 'events':
      return new EventsCaptioner(timeline);
    case 'timeline':
      return TimelineCaptioner.create(engine, { slot, lane, timeline, question, token });
    case 'embeddings':
    case 'both':
      return new EmbeddingsCaptioner(engine, { slot, client: lane.client, video, question, ...(plan === undefined ? {} : { plan }), token });
  }
}
