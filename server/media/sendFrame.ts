import type { IncomingMessage, ServerResponse } from 'node:http';
import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import type { FrameRequest } from './frameStore.js';
import { refuse } from './refuse.js';

const usualHeight = 120;
const mostHeight = 2160;

/** `seconds=S&height=H`; undefined for anything that is not a time and a height in pixels. */
export function parseFrameQuery(query: URLSearchParams): FrameRequest | undefined {
  const seconds = query.get('seconds') ?? '';
  const height = query.get('height') ?? String(usualHeight);
  const isTime = /^\d{1,9}(\.\d{1,20})?$/.test(seconds);
  const isHeight = /^\d{1,4}$/.test(height) && Number(height) >= 1 && Number(height) <= mostHeight;
  return isTime && isHeight ? { seconds: Number(seconds), height: Number(height) } : undefined;
}

/** Answers with the frame as JPEG. A client that goes takes its request out of the queue. */
export async function sendFrame(
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
  make: (frame: FrameRequest, token: CancellationToken) => Promise<Buffer>,
): Promise<void> {
  const frame = parseFrameQuery(query);
  if (!frame) {
    refuse(response, 400, `Ask with seconds=S, and height=H up to ${mostHeight}.`);
    return;
  }
  const source = cancellationSource();
  response.once('close', () => source.cancel());
  let jpeg: Buffer;
  try {
    jpeg = await make(frame, source.token);
  } catch (error) {
    refuse(response, ...describe(error));
    return;
  } finally {
    source.dispose();
  }
  response.setHeader('Content-Type', 'image/jpeg');
  response.setHeader('Content-Length', jpeg.length);
  // The same path shows the same frame as long as it is served at all.
  response.setHeader('Cache-Control', 'private, max-age=3600, immutable');
  response.writeHead(200);
  response.end(request.method === 'HEAD' ? undefined : jpeg);
}

function describe(error: unknown): [number, string] {
  if (!(error instanceof VideoChatError)) {
    return [500, 'The frame could not be made.'];
  }
  switch (error.code) {
    case ErrorCode.InvalidRequest:
      return [503, error.message];
    case ErrorCode.VideoUnknown:
    case ErrorCode.VideoNotFound:
      return [410, error.message];
    case ErrorCode.RequestCancelled:
      return [503, error.message];
    default:
      return [500, error.message];
  }
}
