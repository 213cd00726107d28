import { type Message, ResponseError, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { ErrorCode, Limits } from '../protocol/index.js';

/** Encodes a message, or refuses with `MessageTooLarge` what the other end would refuse anyway. */
export function encodeMessage(message: Message): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf-8');
  if (body.byteLength > Limits.bodyBytes) {
    throw new ResponseError(
      ErrorCode.MessageTooLarge,
      `A message of ${body.byteLength} bytes is over the limit of ${Limits.bodyBytes}.`,
    );
  }
  return body;
}

/** Writes framed JSON messages to a byte stream, within the limits of the protocol. */
export class FramedMessageWriter extends StreamMessageWriter {
  constructor(stream: NodeJS.WritableStream) {
    super(stream, {
      charset: 'utf-8',
      contentTypeEncoder: {
        name: 'application/json',
        // A rejected promise, not a throw: the connection answers the request with the error.
        encode: async (message) => encodeMessage(message),
      },
    });
  }
}
