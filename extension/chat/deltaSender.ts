import type { HostMessage } from '../../server/protocol/index.js';
import type { StoredTurn } from './conversation.js';

/** One message for what comes within this time: a page paints no faster. */
const intervalMs = 16;

/**
 * Hands the text of an answer to the page, numbered without gaps. The first piece goes at once, later ones are
 * gathered; a turn's `nextSequence` always tells how much of its answer has been handed over.
 */
export class DeltaSender {
  private gathered = '';
  private timer: NodeJS.Timeout | undefined;
  private sequence = 0;

  constructor(
    private readonly turn: StoredTurn,
    private readonly post: (message: HostMessage) => void,
  ) {}

  push(text: string): void {
    this.gathered += text;
    if (this.sequence === 0) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => this.flush(), intervalMs);
    }
  }

  /** Call before anything is said about the turn that must not overtake its text. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.gathered === '') {
      return;
    }
    const { turnId } = this.turn;
    const text = this.gathered;
    this.gathered = '';
    this.turn.answer += text;
    this.turn.nextSequence = this.sequence + 1;
    this.post({ type: 'delta', turnId, sequence: this.sequence++, text });
  }
}
