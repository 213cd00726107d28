import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { FairQueue, type Lane } from '../common/fairQueue.js';
import type { LanguageRuntime, LanguageSessionRuntime } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { AnswerHalf, ChatHistory, ChatOptions, ChatTurn, MediumView, Segment } from '../protocol/index.js';
import { type Medium, toChatMedium } from './medium.js';

/** What a question looks at, where it is not what its conversation looks at. */
export interface QuestionFrames {
  plan?: string;
  span?: Segment;
  views?: MediumView[];
}

/** Frames a conversation goes back and forth between without reading its turns again. */
const keptSessions = 4;

interface KeptSession {
  model: LoadedModel;
  language: LanguageRuntime;
  session: LanguageSessionRuntime;
  /** Keys of the embeddings and contexts in the prompt, in its order. */
  keys: readonly string[];
}

/** One conversation about what is to be seen: what was said, and the KV caches that remember it. */
export class Conversation {
  readonly turns: ChatTurn[] = [];
  /** Questions of one conversation are answered one after the other. */
  readonly queue = new FairQueue();
  /** Turns at the beginning that are left out of each half's prompts; it only grows, so that the prefix stays the same. */
  readonly droppedTurns: Record<AnswerHalf, number> = { embeddings: 0, timeline: 0, both: 0 };

  private readonly closing = cancellationSource();
  /** The longest unused first. A prompt begins with its frames, so those about other frames have KV caches of their own. */
  private sessions: KeptSession[] = [];

  constructor(
    readonly id: string,
    /** What the model is shown, in this order. Never empty. */
    readonly media: Medium[],
    readonly slot: ModelSlot,
    readonly modelId: string,
    public options: ChatOptions,
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
   * The session in this model for prompts with these frames. One that lacks the last of them goes on with what was
   * added; if there is none, or the model was unloaded since, a new one with an empty KV cache.
   *
   * @param language the half of the model that reads the prompt
   */
  sessionIn(model: LoadedModel, keys: readonly string[], language = model.language): LanguageSessionRuntime {
    const usable = this.sessions.filter((kept) => kept.model === model && kept.language === language);
    const fits = (kept: KeptSession): boolean => startsWith(keys, kept.keys) || startsWith(kept.keys, keys);
    const known = usable.find((kept) => kept.keys.length === keys.length && startsWith(keys, kept.keys)) ?? usable.findLast(fits);
    const used = { model, language, keys, session: known?.session ?? model.createSession(language) };
    this.sessions = [...this.sessions.filter((kept) => kept !== known), used];
    return used.session;
  }

  /** Frees sessions that were not used for long. Call when no answer is being made. */
  async trimSessions(): Promise<void> {
    await this.dropSessions(this.sessions.slice(0, -keptSessions));
  }

  /** Forgets the KV cache used last, e.g. because the runtime failed in the middle of it. */
  async dropNewestSession(): Promise<void> {
    await this.dropSessions(this.sessions.slice(-1));
  }

  private async dropSessions(dropped: readonly KeptSession[]): Promise<void> {
    this.sessions = this.sessions.filter((kept) => !dropped.includes(kept));
    await Promise.all(dropped.map(({ model, session }) => model.closeSession(session)));
  }

  history(): ChatHistory {
    return {
      chatId: this.id,
      modelId: this.modelId,
      videoPath: this.media[0]?.video.path ?? '',
      ...(this.media.length > 1 || this.media.some(({ fromTurn }) => fromTurn > 0) ? { media: this.media.map(toChatMedium) } : {}),
      options: this.options,
      turns: this.turns.map((turn) => ({ ...turn })),
    };
  }

  /** Stops what runs, then frees the KV cache. */
  async close(): Promise<void> {
    this.closing.cancel();
    await this.queue.run(this.lane, () => this.dropSessions(this.sessions));
  }
}

function startsWith(keys: readonly string[], beginning: readonly string[]): boolean {
  return beginning.length <= keys.length && beginning.every((key, index) => key === keys[index]);
}
