import type { Disposable, Event, Message, MessageReader, MessageWriter } from 'vscode-jsonrpc/node';
import { BodyParseError } from '../common/framedMessageReader.js';
import type { Logger } from '../common/logger.js';
import { ErrorCode } from '../protocol/index.js';

type Id = string | number | null;
interface Refusal {
  id: Id;
  code: ErrorCode;
  message: string;
}

/** What is wrong with a message as JSON-RPC; undefined if nothing is. */
function refuse(message: unknown, active: ReadonlySet<string>): Refusal | undefined {
  const invalid = (text: string, id: Id = null): Refusal => ({ id, code: ErrorCode.InvalidRequest, message: text });
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return invalid('A message is one JSON object; batches are not understood.');
  }
  const { id, method, params, jsonrpc } = message as Record<string, unknown>;
  const hasId = typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id));
  const knownId = hasId ? (id as Id) : null;
  if (jsonrpc !== '2.0') {
    return invalid('A message must say "jsonrpc": "2.0".', knownId);
  }
  if (method === undefined) {
    const response = 'result' in message || 'error' in message;
    return response && (hasId || id === null) ? undefined : invalid('A message needs a method.', knownId);
  }
  if (typeof method !== 'string') {
    return invalid('The method of a message is a string.', knownId);
  }
  if (id !== undefined && !hasId) {
    return invalid('The id of a request is a string or a number.');
  }
  if (params !== undefined && (typeof params !== 'object' || params === null)) {
    return invalid('The params of a message are an object.', knownId);
  }
  if (hasId && active.has(String(id))) {
    return invalid(`The id ${JSON.stringify(id)} belongs to a request that is still running.`);
  }
  if (method === '$/cancelRequest') {
    const target = (params as { id?: unknown } | undefined)?.id;
    if (hasId || (typeof target !== 'string' && typeof target !== 'number')) {
      return invalid('$/cancelRequest is a notification with the id of a request.', knownId);
    }
  }
  return undefined;
}

/**
 * Puts a check between a transport and vscode-jsonrpc, which trusts what it reads: bodies that are not
 * JSON, messages that are not JSON-RPC and request ids used twice are answered with an error here, so
 * that every message is answered and none can break the connection.
 */
export function guardMessages(reader: MessageReader, writer: MessageWriter, logger: Logger): [MessageReader, MessageWriter] {
  const active = new Set<string>();
  const answer = ({ id, code, message }: Refusal): void => {
    logger.log('warn', `Refused a message: ${message}`);
    const response = { jsonrpc: '2.0', id, error: { code, message } };
    writer.write(response as Message).catch(() => undefined);
  };

  const onError: Event<Error> = (listener, thisArgs, disposables) =>
    reader.onError(
      (error) => {
        if (!(error instanceof BodyParseError)) {
          listener.call(thisArgs, error);
        }
      },
      undefined,
      disposables,
    );
  reader.onError((error) => {
    if (error instanceof BodyParseError) {
      answer({ id: null, code: ErrorCode.ParseError, message: `The message is not JSON: ${error.message}` });
    }
  });

  const guardedReader: MessageReader = {
    onError,
    onClose: reader.onClose,
    onPartialMessage: reader.onPartialMessage,
    listen: (callback): Disposable =>
      reader.listen((message) => {
        const refusal = refuse(message, active);
        if (refusal) {
          answer(refusal);
          return;
        }
        const { id, method } = message as { id?: Id; method?: string };
        if (method !== undefined && id !== undefined) {
          active.add(String(id));
        }
        callback(message);
      }),
    dispose: () => reader.dispose(),
  };
  const guardedWriter: MessageWriter = {
    onError: writer.onError,
    onClose: writer.onClose,
    write: (message) => {
      const { id, method } = message as { id?: Id; method?: string };
      if (method === undefined && id !== undefined) {
        active.delete(String(id));
      }
      return writer.write(message);
    },
    end: () => writer.end(),
    dispose: () => writer.dispose(),
  };
  return [guardedReader, guardedWriter];
}
