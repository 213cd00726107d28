import type { GenerateRequest, Generated } from './generateAnswer.js';
import type { PromptPiece } from './prompt.js';

/** What a session needs of its model. */
export interface SessionHost {
  count(pieces: readonly PromptPiece[]): number;
  generate(session: object, request: GenerateRequest): Promise<Generated>;
  forget(session: object): Promise<void>;
}

/**
 * One conversation's place in a model. What the model has read stays in its KV cache; the next prompt
 * reuses the longest beginning it shares with that, so a follow-up reads only its own tokens, and
 * asking the same again rolls back by itself.
 */
export class LanguageSession {
  private disposed = false;

  constructor(private readonly host: SessionHost) {}

  /**
   * Positions that a prompt takes. A caller whose prompt does not fit {@link LanguageModel.contextLength}
   * decides itself what to leave out (old turns, say); {@link generate} only refuses.
   */
  countPrompt(pieces: readonly PromptPiece[]): number {
    return this.host.count(pieces);
  }

  /**
   * Answers a prompt. Cancelled in the middle it resolves with stop reason `cancelled` and what was said
   * so far; the session stays usable.
   *
   * @throws ContextOverflow if the prompt leaves no room for one token
   * @throws InvalidParams for impossible sampling options
   * @throws ModelLoadFailed if the model was unloaded meanwhile
   */
  async generate(request: GenerateRequest): Promise<Generated> {
    if (this.disposed) {
      throw new Error('The session was disposed.');
    }
    return this.host.generate(this, request);
  }

  async dispose(): Promise<void> {
    if (!this.disposed) {
      this.disposed = true;
      await this.host.forget(this);
    }
  }
}
