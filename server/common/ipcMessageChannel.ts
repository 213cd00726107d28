import type { ChildProcess } from 'node:child_process';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { FramingError } from './framingDecoder.js';
import { encodeMessage } from './framedMessageWriter.js';

type IpcProcess = NodeJS.Process | ChildProcess;

/** Reads messages from a node IPC channel. Unlike vscode-jsonrpc's own it closes on `disconnect`. */
export class IpcMessageReader extends AbstractMessageReader {
  constructor(private readonly peer: IpcProcess) {
    super();
  }

  override listen(callback: DataCallback): Disposable {
    const emitter: NodeJS.EventEmitter = this.peer;
    const onMessage = (message: Message): void => {
      // Node has parsed it already; the limit still keeps what follows from working on it.
      try {
        encodeMessage(message);
      } catch (error) {
        this.fireError(new FramingError(error instanceof Error ? error.message : String(error)));
        return;
      }
      callback(message);
    };
    const onDisconnect = (): void => this.fireClose();
    emitter.on('message', onMessage).once('disconnect', onDisconnect);
    if (!this.peer.connected) {
      // It hung up before anybody listened.
      setImmediate(onDisconnect);
    }
    return { dispose: () => void emitter.off('message', onMessage).off('disconnect', onDisconnect) };
  }
}

/** Writes messages to a node IPC channel; a message that cannot be sent rejects. */
export class IpcMessageWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly peer: IpcProcess) {
    super();
  }

  async write(message: Message): Promise<void> {
    encodeMessage(message);
    await new Promise<void>((resolve, reject) => {
      if (!this.peer.send || !this.peer.connected) {
        reject(new Error('The IPC channel is closed.'));
        return;
      }
      this.peer.send(message, undefined, {}, (error) => (error ? reject(error) : resolve()));
    });
  }

  end(): void {
    if (this.peer.connected) {
      this.peer.disconnect?.();
    }
  }
}
