import { ErrorCode, phrase, type ProgressParams, VideoChatError } from '../protocol/index.js';

interface Stream {
  next: number;
  take(value: unknown): void;
  fail(error: Error): void;
}

/** Hands `$/progress` values to the requests that wait for them and proves that none was lost. */
export class ProgressStreams {
  private readonly streams = new Map<string | number, Stream>();
  private created = 0;

  /** Opens a stream; `fail` is called when a value is missing, doubled or out of order. */
  open(take: (value: unknown) => void, fail: (error: Error) => void): { token: string; close(): void } {
    const token = `progress-${this.created++}`;
    this.streams.set(token, { next: 0, take, fail });
    return { token, close: () => void this.streams.delete(token) };
  }

  /** Takes one notification; those of closed streams are dropped. */
  receive(params: ProgressParams): void {
    const stream = this.streams.get(params.token);
    if (!stream) {
      return;
    }
    if (params.sequence !== stream.next) {
      this.streams.delete(params.token);
      stream.fail(
        new VideoChatError(
          ErrorCode.InvalidRequest,
          phrase`Progress ${params.sequence} arrived where ${stream.next} was due.`,
          { hint: 'The stream lost or reordered a message; ask again.' },
        ),
      );
      return;
    }
    stream.next++;
    stream.take(params.value);
  }
}
