import type { IncomingMessage, ServerResponse } from 'node:http';
import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import { refuse } from './refuse.js';

/** An answer that was made for one request. */
export interface Made {
  contentType: string;
  body: Buffer;
}

/**
 * Answers with what is made for this request, `204` where there is nothing. A client that goes takes its request out of
 * the queue.
 */
export async function sendMade(
  request: IncomingMessage,
  response: ServerResponse,
  make: (token: CancellationToken) => Promise<Made | undefined>,
): Promise<void> {
  const source = cancellationSource();
  response.once('close', () => source.cancel());
  let made: Made | undefined;
  try {
    made = await make(source.token);
  } catch (error) {
    refuse(response, ...describe(error));
    return;
  } finally {
    source.dispose();
  }
  // The same path shows the same as long as it is served at all.
  response.setHeader('Cache-Control', 'private, max-age=3600, immutable');
  if (!made) {
    response.writeHead(204);
    response.end();
    return;
  }
  response.setHeader('Content-Type', made.contentType);
  response.setHeader('Content-Length', made.body.length);
  response.writeHead(200);
  response.end(request.method === 'HEAD' ? undefined : made.body);
}

function describe(error: unknown): [number, string] {
  if (!(error instanceof VideoChatError)) {
    return [500, 'This could not be made.'];
  }
  switch (error.code) {
    case ErrorCode.InvalidParams:
      return [400, error.message];
    case ErrorCode.InvalidRequest:
    case ErrorCode.RequestCancelled:
      return [503, error.message];
    case ErrorCode.VideoUnknown:
    case ErrorCode.VideoNotFound:
      return [410, error.message];
    default:
      return [500, error.message];
  }
}
