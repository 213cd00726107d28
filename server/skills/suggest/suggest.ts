import { ChatService } from '../../chat/chatService.js';
import { newItemId } from '../../common/annotations/itemId.js';
import { readAnnotations } from '../../common/annotations/readAnnotations.js';
import type { CancellationToken } from '../../common/cancellation.js';
import type { Translate } from '../../common/translator.js';
import type { Engine } from '../../engine/engine.js';
import { readUnchanged, VideoLibrary } from '../../engine/videoLibrary.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import { questionsOf } from '../../longVideo/questionsOf.js';
import {
  type AnnotatedMedia,
  type AnnotateSuggestParams,
  type AnnotateSuggestProgress,
  type AnnotateSuggestResult,
  type AnnotationDocument,
  type AnnotationList,
  asksModel,
  emptyAnnotations,
  ErrorCode,
  phrase,
  roundTime,
  type SuggestTask,
  type Timeline,
  type TimelineCreateProgress,
  VideoChatError,
  type VideoFacts,
} from '../../protocol/index.js';
import { frameTimes } from '../../video/probeVideo.js';
import { resolveHalf } from '../resolveHalf.js';
import { Interviewer } from './interviewer.js';
import { SuggestRun } from './suggestRun.js';
import { suggestCaptions } from './tasks/caption.js';
import { suggestConversation } from './tasks/conversation.js';
import { suggestDenseCaptions } from './tasks/denseCaption.js';
import { suggestDescription } from './tasks/description.js';
import { suggestLabels } from './tasks/labels.js';
import { suggestQuestions } from './tasks/questions.js';
import { suggestShots } from './tasks/shots.js';
import { suggestTimeline } from './tasks/timeline.js';

/** For whom suggestions are made. */
export interface SuggestHost {
  engine: Engine;
  /** The client's id: requests of one client take turns with those of others. */
  client: string;
  translate: Translate;
}

export interface SuggestContext {
  token: CancellationToken;
  progress(value: AnnotateSuggestProgress): void;
  newId?(list: AnnotationList): string;
}

const tasks: Record<SuggestTask, (run: SuggestRun) => Promise<void>> = {
  caption: suggestCaptions,
  denseCaption: suggestDenseCaptions,
  shots: suggestShots,
  questions: suggestQuestions,
  conversation: suggestConversation,
  labels: suggestLabels,
  description: suggestDescription,
  timeline: suggestTimeline,
};

/**
 * Suggestions about one clip. Nothing is written.
 *
 * @returns also what is to be known of the clip in a new document
 * @throws VideoChatError AnnotationsInvalid where the document cannot be read; what `video/open` and `chat/send` throw
 */
export async function suggest(
  { engine, client, translate }: SuggestHost,
  params: AnnotateSuggestParams,
  { token, progress, newId = newItemId }: SuggestContext,
): Promise<AnnotateSuggestResult & { media: Omit<AnnotatedMedia, 'path'> }> {
  const document = read(params.document);
  const { videoPath, modelId, sampling = {} } = params;
  // A library and conversations of its own: what the client has open is not touched, and nothing stays open.
  const videos = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  const chats = new ChatService(engine, videos, client, translate);
  let interviewer: Interviewer | undefined;
  try {
    const { videoId, facts } = await engine.probing.run({ client, chat: 'open' }, () => videos.open(videoPath, token), token);
    const video = videos.get(videoId);
    if (asksModel(params.task) && modelId !== undefined) {
      const slot = await engine.models.get(modelId);
      const { manifest, manifestHash } = slot;
      const context = { token, arrivedMs: performance.now(), progress: () => undefined };
      interviewer = new Interviewer(chats, videoId, { manifest, ...(manifestHash === undefined ? {} : { manifestHash }) }, sampling, context, async () => {
        const timeline = (): Promise<Timeline> => makeTimeline(engine, video, { client, chat: videoId }, translate, token, () => undefined);
        const half = await resolveHalf(engine, { slot, client, video, asked: 'auto', timeline, token, translate, progress: () => undefined });
        return questionsOf(manifest, facts, half);
      });
    }
    const run: SuggestRun = new SuggestRun({
      params,
      document,
      facts,
      grid: { times: frameTimes(video.opened), durationSeconds: facts.durationSeconds, snap: true },
      ...(interviewer ? { interviewer } : {}),
      at: new Date().toISOString(),
      newId,
      translate,
      progress,
      findShots: async () => {
        const tools = await engine.ffmpeg.tools();
        const find = (): Promise<number[]> => engine.parts.media.findShots(video.opened, tools, token);
        return facts.kind === 'image' ? [] : readUnchanged(video, token, () => engine.embeddings.decoding.run({ client, chat: videoId }, find, token));
      },
      findEvents: async (tracks, onStep) => {
        const { start: startSeconds, end: endSeconds } = run.stretch ?? { start: 0, end: facts.durationSeconds };
        const note = (told: TimelineCreateProgress): void => void (told.kind === 'step' && onStep(told.done, told.total));
        return engine.timelines.create(video, { tracks, span: { startSeconds, endSeconds } }, { client, chat: videoId }, token, note);
      },
    });
    await tasks[params.task](run);
    return { edits: run.edits, note: run.noted, media: mediaOf(facts) };
  } finally {
    await interviewer?.dispose();
    await chats.dispose();
  }
}

function read(text: string | undefined): AnnotationDocument {
  if (text === undefined || text.trim() === '') {
    return emptyAnnotations({ path: '' });
  }
  const { document, problems } = readAnnotations(text);
  if (!document) {
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`The annotations cannot be read: ${problems[0]?.message ?? ''}`, {
      hint: 'Open them in the editor to see what is wrong.',
    });
  }
  return document;
}

/** What a document notes of its clip. */
export function mediaOf({ kind, contentHash, durationSeconds, fps, frameCount, timeBase }: VideoFacts): Omit<AnnotatedMedia, 'path'> {
  return {
    sha256: contentHash,
    ...(kind === 'image' ? {} : { duration: roundTime(durationSeconds), fps: roundTime(fps), frameCount, ...(timeBase === undefined ? {} : { timeBase }) }),
  };
}
