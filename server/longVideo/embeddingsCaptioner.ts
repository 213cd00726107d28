import { randomUUID } from 'node:crypto';
import { answerQuestion } from '../chat/answerQuestion.js';
import { Conversation } from '../chat/conversation.js';
import { createMedium } from '../chat/medium.js';
import { StageClock } from '../chat/stageClock.js';
import type { CancellationToken } from '../common/cancellation.js';
import { inEnglish } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { SamplingOptions, Segment } from '../protocol/index.js';
import { cleanLine } from '../skills/suggest/cleanAnswer.js';
import type { Captioner } from './captioner.js';
import { captionerKey } from './captionerKey.js';

export interface EmbeddingsCaptionerOptions {
  slot: ModelSlot;
  /** The client's id. */
  client: string;
  video: LibraryVideo;
  question: string;
  /** Frame plan of a window; the model's own where left out. */
  plan?: string;
  token: CancellationToken;
}

/** Captions by a model that is shown the frames of each window: few are decoded, by jumping there. */
export class EmbeddingsCaptioner implements Captioner {
  readonly key: string;
  private readonly conversation: Conversation;

  constructor(
    private readonly engine: Engine,
    private readonly options: EmbeddingsCaptionerOptions,
  ) {
    const { slot, client, video, question, plan } = options;
    this.key = captionerKey('embeddings', slot, question, plan);
    this.conversation = new Conversation(`captions-${randomUUID()}`, [createMedium(video)], slot, slot.manifest.id, plan === undefined ? {} : { plan }, client);
  }

  basis(): string {
    return '';
  }

  knows(): boolean {
    return true;
  }

  async caption(span: Segment, sampling: SamplingOptions = {}): Promise<string> {
    const { question, token } = this.options;
    const answer = await answerQuestion(this.engine, {
      conversation: this.conversation,
      question,
      frames: { span },
      answersFrom: 'embeddings',
      turns: [],
      sampling,
      token,
      clock: new StageClock(performance.now()),
      translate: inEnglish,
      progress: () => undefined,
    });
    return cleanLine(answer.text);
  }

  async dispose(): Promise<void> {
    await this.conversation.close();
  }
}
