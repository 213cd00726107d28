import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { LanguageSessionRuntime } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { ChatHistory, ChatOptions, ChatTurn, FramePlan } from '../protocol/index.js';

/** One conversation about one video: what was said, and the KV cache that remembers it. */
export class Conversation {
  readonly turns: ChatTurn[] = [];
  /** Questions of one conversation are answered one after the other. */
  readonly queue = new FairQueue();
  /** Made at the first question and kept: every answer of a conversation rests on the same frames. */
  plan: FramePlan | undefined;
  /** Turns at the beginning that are left out of the prompt; it only grows, so that the prefix stays the same. */
  droppedTurns = 0;

  private readonly closing = cancellationSource();
  private session: { model: LoadedModel; session: LanguageSessionRuntime } | undefined;

  constructor(
    readonly id: string,
    readonly video: LibraryVideo,
    readonly slot: ModelSlot,
    readonly modelId: string,
    readonly options: ChatOptions,
    private readonly client: string,
  ) {}

  get lane(): Lane {
    return { client: this.client, chat: this.id };
  }

  /** Cancelled when the conversation is closed. */
  get closed(): CancellationToken {
    return this.closing.token;
  }

  /** The session in this model; a new one, with an empty KV cache, if the model was unloaded since. */
  sessionIn(model: LoadedModel): LanguageSessionRuntime {
    if (this.session?.model !== model) {
      this.session = { model, session: model.createSession() };
    }
    return this.session.session;
  }

  /** Forgets the KV cache, e.g. because the runtime failed in the middle of it. */
  async dropSession(): Promise<void> {
    const kept = this.session;
    this.session = undefined;
    await kept?.model.closeSession(kept.session);
  }

  history(): ChatHistory {
    return {
      chatId: this.id,
      modelId: this.modelId,
      videoPath: this.video.path,
      options: this.options,
      turns: this.turns.map((turn) => ({ ...turn })),
    };
  }

  /** Stops what runs, then frees the KV cache. */
  async close(): Promise<void> {
    this.closing.cancel();
    await this.queue.run(this.lane, () => this.dropSession());
  }
}
