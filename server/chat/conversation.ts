import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { LanguageSessionRuntime } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import type { ChatHistory, ChatOptions, ChatTurn, FramePlan, Segment } from '../protocol/index.js';

/** What a question looks at, where it is not what its conversation looks at. */
export interface QuestionFrames {
  plan?: string;
  span?: Segment;
}

/** Frames a conversation goes back and forth between without reading its turns again. */
const keptSessions = 4;

/** One conversation about one video: what was said, and the KV caches that remember it. */
export class Conversation {
  readonly turns: ChatTurn[] = [];
  /** Questions of one conversation are answered one after the other. */
  readonly queue = new FairQueue();
  /** Made when first asked for and kept: questions about the same part rest on the same frames. */
  readonly plans = new Map<string, FramePlan>();
  /** Turns at the beginning that are left out of the prompt; it only grows, so that the prefix stays the same. */
  droppedTurns = 0;

  private readonly closing = cancellationSource();
  /** By what they look at, the longest unused first: a prompt begins with its frames, so each has a KV cache of its own. */
  private readonly sessions = new Map<string, { model: LoadedModel; session: LanguageSessionRuntime }>();

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

  /**
   * The session in this model for prompts that begin with these frames; a new one, with an empty KV cache, if
   * there is none or the model was unloaded since.
   */
  sessionIn(model: LoadedModel, framesKey: string): LanguageSessionRuntime {
    const known = this.sessions.get(framesKey);
    const used = known?.model === model ? known : { model, session: model.createSession() };
    this.sessions.delete(framesKey);
    this.sessions.set(framesKey, used);
    return used.session;
  }

  /** Frees sessions that were not used for long. Call when no answer is being made. */
  async trimSessions(): Promise<void> {
    const surplus = [...this.sessions.keys()].slice(0, -keptSessions);
    await Promise.all(surplus.map((key) => this.dropSession(key)));
  }

  /** Forgets a KV cache, e.g. because the runtime failed in the middle of it; all of them without a key. */
  async dropSession(framesKey?: string): Promise<void> {
    const dropped = framesKey === undefined ? [...this.sessions.keys()] : [framesKey];
    for (const key of dropped) {
      const kept = this.sessions.get(key);
      this.sessions.delete(key);
      await kept?.model.closeSession(kept.session);
    }
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
