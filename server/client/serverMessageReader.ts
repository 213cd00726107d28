import type { DataCallback, Disposable, Message } from 'vscode-jsonrpc/node';
import { BodyParseError, FramedMessageReader } from '../common/framedMessageReader.js';

/**
 * Reads what a server process of our own says. What is no message is no accident there but a server that has lost
 * its mind, and whoever waits for the answer would wait for ever: the line to it is cut, and it is started again.
 */
export class ServerMessageReader extends FramedMessageReader {
  override listen(callback: DataCallback): Disposable {
    return super.listen((message) => {
      if (isMessage(message)) {
        callback(message);
      } else {
        this.fail(new BodyParseError('The server sent JSON that is no message.'));
      }
    });
  }

  protected override unreadable(error: BodyParseError): void {
    this.fail(error);
  }
}

/** A request, a notification or an answer, as far as its members tell. */
function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { method, id } = value as Record<string, unknown>;
  return typeof method === 'string' || (method === undefined && id !== undefined && ('result' in value || 'error' in value));
}
