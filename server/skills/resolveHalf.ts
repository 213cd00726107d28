import type { ChosenHalf } from '../chat/chooseHalf.js';
import { ClipQuestions } from '../chat/clipQuestions.js';
import { isBlind } from '../chat/lookThrough.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { Translate } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import { isLong } from '../longVideo/isLong.js';
import { checkHalf } from '../models/checkHalf.js';
import { halvesOf } from '../models/textHalf.js';
import type { AnswersFrom, ChatProgress, Segment, SummarySource, Timeline } from '../protocol/index.js';

interface ChatHalfRequest {
  slot: ModelSlot;
  /** The client's id. */
  client: string;
  video: LibraryVideo;
  /** Left out: the whole. */
  span?: Segment;
  token: CancellationToken;
  translate: Translate;
  progress(value: ChatProgress): void;
}

export interface ResolveHalfRequest extends ChatHalfRequest {
  asked: AnswersFrom | 'events' | undefined;
  /** Made where it decides. */
  timeline(): Promise<Timeline>;
}

/**
 * Which half of a model tells of a clip: what was asked for, else what a chat would answer from: a model that was trained
 * on nothing like the clip reads what was noticed in it, if anything could be.
 *
 * @throws VideoChatError InvalidParams for a half that the model does not have; what loading a model and looking throw
 */
export async function resolveHalf(engine: Engine, request: ResolveHalfRequest): Promise<SummarySource> {
  const { slot, video, asked = 'auto', timeline } = request;
  const { manifest } = slot;
  if (asked !== 'auto') {
    checkHalf(asked, manifest);
    return asked;
  }
  const halves = halvesOf(manifest);
  if (!halves.includes('timeline') || !halves.includes('embeddings')) {
    return halves[0] ?? 'embeddings';
  }
  // Of a long clip each window is looked at.
  if (!manifest.demonstration && isLong(video.opened.facts, undefined, engine.settings.longClipSeconds)) {
    return 'embeddings';
  }
  const { half, otherwise } = await chatHalf(engine, request);
  const isNoUse = half === 'timeline' && otherwise !== undefined && isBlind({ medium: 0, contentHash: '', timeline: await timeline() });
  return isNoUse ? 'embeddings' : half;
}

/** Which half of a model a chat about a clip would answer from, where nobody says; and what it would use in its place. */
export async function chatHalf(engine: Engine, { slot, client, video, token, span, translate, progress }: ChatHalfRequest): Promise<ChosenHalf> {
  const questions = new ClipQuestions(engine, slot, video, { client });
  try {
    return await questions.half({ question: '', ...(span ? { span } : {}), token, translate, progress });
  } finally {
    await questions.dispose();
  }
}
