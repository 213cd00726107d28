import type { CancellationToken } from '../common/cancellation.js';
import { inEnglish } from '../common/translator.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { Captioner } from '../longVideo/captioner.js';
import { captionerKey } from '../longVideo/captionerKey.js';
import type { SamplingOptions, Segment } from '../protocol/index.js';
import { cleanLine } from '../skills/suggest/cleanAnswer.js';
import { ClipQuestions } from './clipQuestions.js';

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
  readonly width: number;
  private readonly questions: ClipQuestions;

  constructor(
    engine: Engine,
    private readonly options: EmbeddingsCaptionerOptions,
  ) {
    const { slot, client, video, question, plan } = options;
    this.key = captionerKey('embeddings', slot, question, plan);
    this.width = slot.manifest.backend?.concurrency ?? 1;
    this.questions = new ClipQuestions(engine, slot, video, { client });
  }

  basis(): string {
    return '';
  }

  knows(): boolean {
    return true;
  }

  async caption(span: Segment, sampling: SamplingOptions = {}): Promise<string> {
    const { question, plan, token } = this.options;
    const { text } = await this.questions.ask({ question, span, ...(plan === undefined ? {} : { plan }), answersFrom: 'embeddings', sampling, token, translate: inEnglish });
    return cleanLine(text);
  }

  async dispose(): Promise<void> {
    await this.questions.dispose();
  }
}
