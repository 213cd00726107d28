import type { LibraryVideo } from '../engine/videoLibrary.js';
import {
  type ChatMedium,
  type ChatOptions,
  ErrorCode,
  type FramePlan,
  mediaRefusal,
  type MediumView,
  phrase,
  type Segment,
  VideoChatError,
} from '../protocol/index.js';
import { type Manifest, mediaLimitsOf } from '../models/manifest.js';
import type { MadeTimeline } from '../perception/timelineRun.js';
import type { QuestionFrames } from './conversation.js';

/** A clip or picture of a conversation. */
export interface Medium {
  readonly video: LibraryVideo;
  /** The model is shown it before the question that follows so many turns. */
  fromTurn: number;
  /** Made when first asked for and kept: questions about the same part rest on the same frames. */
  readonly plans: Map<string, FramePlan>;
  /** What was noticed in it, or in a part of it, when that was asked for. */
  readonly timelines: Map<string, MadeTimeline>;
}

export function createMedium(video: LibraryVideo, fromTurn = 0): Medium {
  return { video, fromTurn, plans: new Map(), timelines: new Map() };
}

export function toChatMedium({ video, fromTurn }: Medium): ChatMedium {
  return { path: video.path, ...(fromTurn > 0 ? { fromTurn } : {}) };
}

/** The medium that a span is about which names none: the first video, else the first of all. */
export function spanMedium(media: readonly Medium[]): number {
  return Math.max(0, media.findIndex(({ video }) => video.opened.facts.kind === 'video'));
}

/** Plan and span of one medium for one question: its own, else the question's, else the conversation's. */
export function viewOf(
  media: readonly Medium[],
  index: number,
  question: QuestionFrames,
  options: ChatOptions,
): { plan?: string; span?: Segment } {
  const asked = question.views?.find(({ medium }) => medium === index);
  const usual = options.views?.find(({ medium }) => medium === index);
  const isMeant = index === spanMedium(media);
  return {
    plan: asked?.plan ?? question.plan ?? usual?.plan ?? options.plan,
    span: asked?.span ?? (isMeant ? question.span : undefined) ?? usual?.span ?? (isMeant ? options.span : undefined),
  };
}

/** @throws VideoChatError InvalidParams if a view is of a medium that is not there */
export function checkViews(views: readonly MediumView[] | undefined, media: readonly Medium[]): void {
  const wrong = views?.find(({ medium }) => medium >= media.length);
  if (wrong) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The conversation has ${media.length} media, none at place ${wrong.medium}.`, {
      hint: 'Places count from 0, in the order in which the media were given.',
    });
  }
}

/** What is left of plans and spans when a medium goes: those of the others, at their new places. */
export function withoutMedium<T extends QuestionFrames>(frames: T, removed: number, spanGoes: boolean): T {
  const { span, views, ...rest } = frames;
  const kept = views
    ?.filter(({ medium }) => medium !== removed)
    .map((view) => ({ ...view, medium: view.medium > removed ? view.medium - 1 : view.medium }));
  return { ...rest, ...(span && !spanGoes ? { span } : {}), ...(kept?.length ? { views: kept } : {}) } as T;
}

/**
 * @throws VideoChatError InvalidParams if the model looks at no pictures, TooManyMedia if it does not take these together
 */
export function checkMedia(videos: readonly LibraryVideo[], manifest: Manifest): void {
  const { id, name } = manifest;
  const kinds = videos.map(({ opened }) => opened.facts.kind);
  if (kinds.includes('image') && !manifest.abilities.includes('image') && !manifest.abilities.includes('timeline')) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The model "${id}" cannot look at images.`, {
      hint: 'Choose a video, or a model with the ability "image".',
      subject: id,
    });
  }
  const refusal = mediaRefusal(kinds, mediaLimitsOf(manifest));
  if (refusal) {
    const { reason, limit, count } = refusal;
    const many = {
      media: phrase`${name} looks at ${limit} clips and pictures in a conversation, not at ${count}.`,
      videos: phrase`${name} looks at ${limit} videos in a conversation, not at ${count}.`,
      images: phrase`${name} looks at ${limit} pictures in a conversation, not at ${count}.`,
    };
    const one = {
      media: phrase`${name} looks at one clip or picture in a conversation, not at ${count}.`,
      videos: phrase`${name} looks at one video in a conversation, not at ${count}.`,
      images: phrase`${name} looks at one picture in a conversation, not at ${count}.`,
    };
    throw new VideoChatError(ErrorCode.TooManyMedia, (limit === 1 ? one : many)[reason], {
      hint: 'Ask about fewer, or choose a model that takes more.',
      subject: id,
    });
  }
}
