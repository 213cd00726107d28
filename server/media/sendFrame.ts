import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CancellationToken } from '../common/cancellation.js';
import type { FrameRequest } from './frameStore.js';
import { refuse } from './refuse.js';
import { sendMade } from './sendMade.js';

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

/** Answers with the frame as JPEG. */
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
  await sendMade(request, response, async (token) => ({ contentType: 'image/jpeg', body: await make(frame, token) }));
}
