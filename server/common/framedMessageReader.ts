import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc/node';
import { Limits } from '../protocol/index.js';
import { FramingDecoder, FramingError } from './framingDecoder.js';

/** A body that is framed well but is not JSON. The stream goes on. */
export class BodyParseError extends Error {
  override readonly name = 'BodyParseError';
}

/**
 * Reads framed JSON messages from a byte stream, within the limits of the protocol.
 *
 * `onError` fires with a {@link BodyParseError} for one unreadable body, and with a
 * {@link FramingError} when the stream is lost: then nothing more is read and the stream is destroyed.
 */
export class FramedMessageReader extends AbstractMessageReader {
  private readonly decoder = new FramingDecoder();
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private stallTimer: NodeJS.Timeout | undefined;
  private failed = false;

  constructor(
    private readonly stream: NodeJS.ReadableStream & { destroy(error?: Error): unknown },
    private readonly stallSeconds: number = Limits.partialMessageSeconds,
  ) {
    super();
  }

  override listen(callback: DataCallback): Disposable {
    const onData = (chunk: Uint8Array): void => this.take(chunk, callback);
    const onEnd = (): void => {
      if (this.decoder.midMessage) {
        this.fail(new FramingError('The stream ended in the middle of a message.'));
      }
      this.fireClose();
    };
    const onClose = (): void => {
      clearTimeout(this.stallTimer);
      this.fireClose();
    };
    const onError = (error: Error): void => this.fireError(error);
    this.stream.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onError);
    return {
      dispose: () => {
        clearTimeout(this.stallTimer);
        this.stream.off('data', onData).off('end', onEnd).off('close', onClose);
      },
    };
  }

  override dispose(): void {
    clearTimeout(this.stallTimer);
    super.dispose();
  }

  private take(chunk: Uint8Array, callback: DataCallback): void {
    if (this.failed) {
      return;
    }
    clearTimeout(this.stallTimer);
    try {
      for (const body of this.decoder.push(chunk)) {
        this.deliver(body, callback);
      }
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.decoder.midMessage) {
      this.stallTimer = setTimeout(() => {
        this.fail(new FramingError(`The rest of a message did not arrive within ${this.stallSeconds} seconds.`));
      }, this.stallSeconds * 1000);
      this.stallTimer.unref();
    }
  }

  private deliver(body: Uint8Array, callback: DataCallback): void {
    let message: Message;
    try {
      message = JSON.parse(this.utf8.decode(body)) as Message;
    } catch (error) {
      this.unreadable(new BodyParseError(error instanceof Error ? error.message : String(error)));
      return;
    }
    callback(message);
  }

  /** One body cannot be read; by default the stream goes on after it. */
  protected unreadable(error: BodyParseError): void {
    this.fireError(error);
  }

  /** Nothing more is read. */
  protected fail(error: Error): void {
    if (!this.failed) {
      this.failed = true;
      clearTimeout(this.stallTimer);
      this.fireError(error);
      this.stream.destroy();
    }
  }
}
