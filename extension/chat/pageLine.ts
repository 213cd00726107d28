import type { HostMessage } from '../../server/protocol/index.js';

/**
 * The line to a page that comes and goes: an editor throws hidden pages away. Nothing is sent to a page that does not
 * listen; when it says that it is ready again it gets the whole state, and then what was kept for it.
 */
export class PageLine<Message extends { type: string } = HostMessage> {
  private listening = false;
  private kept: Message[] = [];

  /** @param deliver hands one message over; false if nobody was there */
  constructor(private readonly deliver: (message: Message) => PromiseLike<boolean>) {}

  post(message: Message): void {
    if (!this.listening) {
      return;
    }
    this.deliver(message).then(
      (arrived) => {
        // The page is gone, and will say so when it is back.
        this.listening &&= arrived;
      },
      () => (this.listening = false),
    );
  }

  /** Sent now, or as soon as the page listens. */
  postLater(message: Message): void {
    if (this.listening) {
      this.post(message);
    } else {
      this.kept = [...this.kept.filter(({ type }) => type !== message.type), message];
    }
  }

  /** The page has said that it listens; `sendState` is what it gets first. */
  ready(sendState: () => void): void {
    this.listening = true;
    sendState();
    this.kept.splice(0).forEach((message) => this.post(message));
  }

  /** The page was hidden, or is being loaded anew. */
  lost(): void {
    this.listening = false;
  }
}
