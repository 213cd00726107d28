import type { AskContext, ChatService } from '../../chat/chatService.js';
import type { ReaderQuestions } from '../../longVideo/questionsOf.js';
import type { Manifest } from '../../models/manifest.js';
import type { AnnotatedSpan, Provenance, SamplingOptions } from '../../protocol/index.js';

/** What a model has said, and what it was asked with. */
export interface Said {
  /** As it came; see {@link cleanAnswer}. */
  text: string;
  model: NonNullable<Provenance['model']>;
}

export interface InterviewedModel {
  manifest: Manifest;
  manifestHash?: string;
}

/** Asks a model about one clip, in conversations of its own: one, and more where it is asked several things at once. */
export class Interviewer {
  private asked: Promise<ReaderQuestions> | undefined;
  private readonly chatIds: string[] = [];
  /** Conversations in which nothing is being asked. */
  private readonly free: string[] = [];

  constructor(
    private readonly chats: ChatService,
    private readonly videoId: string,
    readonly model: InterviewedModel,
    private readonly sampling: SamplingOptions,
    private readonly context: AskContext,
    private readonly findQuestions: () => Promise<ReaderQuestions>,
  ) {}

  /** Questions that it can be asked at once. */
  get width(): number {
    return this.model.manifest.backend?.concurrency ?? 1;
  }

  /** In words that the half knows which answers about this clip. */
  questions(): Promise<ReaderQuestions> {
    return (this.asked ??= this.findQuestions());
  }

  /** Asks as if nothing had been said before; several may be asked at once. @throws what `chat/create` and `chat/send` throw */
  ask(text: string, span?: AnnotatedSpan): Promise<Said> {
    return this.send(text, span, { keepTurns: 0 });
  }

  /** Asks after what was said since the last {@link ask}. */
  follow(text: string, span?: AnnotatedSpan): Promise<Said> {
    return this.send(text, span, {});
  }

  async dispose(): Promise<void> {
    await Promise.all(this.chatIds.map((chatId) => this.chats.close(chatId)));
  }

  private async send(text: string, span: AnnotatedSpan | undefined, after: { keepTurns?: number }): Promise<Said> {
    // The one that was used last: it is the one that is followed.
    const chatId = this.free.pop() ?? (await this.open());
    try {
      return await this.sendIn(chatId, text, span, after);
    } finally {
      this.free.push(chatId);
    }
  }

  private async open(): Promise<string> {
    const { chatId } = await this.chats.create({ videoId: this.videoId, modelId: this.model.manifest.id });
    this.chatIds.push(chatId);
    return chatId;
  }

  private async sendIn(chatId: string, text: string, span: AnnotatedSpan | undefined, after: { keepTurns?: number }): Promise<Said> {
    const { manifest, manifestHash } = this.model;
    const view = span ? { span: { startSeconds: span.start, endSeconds: span.end } } : {};
    const answer = await this.chats.send(chatId, { text, ...view, ...after }, { ...this.context, arrivedMs: performance.now(), sampling: this.sampling });
    const sampling = Object.fromEntries(Object.entries({ ...manifest.sampling, ...this.sampling }).filter(([, value]) => value !== undefined));
    return {
      text: answer.text,
      model: {
        id: manifest.id,
        ...(manifestHash === undefined ? {} : { manifest: manifestHash }),
        prompt: text,
        ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
        plan: answer.plan.spec,
      },
    };
  }
}
