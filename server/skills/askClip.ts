import { type ClipQuestion, ClipQuestions } from '../chat/clipQuestions.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { FramePlan } from '../protocol/index.js';

export interface AskClipRequest extends ClipQuestion {
  slot: ModelSlot;
  /** The client's id. */
  client: string;
  video: LibraryVideo;
}

/**
 * One question to a model about a clip; of its progress, only stages are told.
 *
 * @returns also the frames that were looked at
 * @throws what `chat/create` and `chat/send` throw
 */
export async function askClip(engine: Engine, { slot, client, video, progress, ...question }: AskClipRequest): Promise<{ text: string; plan: FramePlan }> {
  const questions = new ClipQuestions(engine, slot, video, { client });
  try {
    return await questions.ask({ ...question, progress: (value) => (value.kind === 'stage' ? progress?.(value) : undefined) });
  } finally {
    await questions.dispose();
  }
}
