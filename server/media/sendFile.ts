import { type BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseByteRange } from './byteRange.js';
import { refuse } from './refuse.js';

export interface SentFile {
  path: string;
  mimeType: string;
  /** False when the file is no longer what was opened. */
  isSame(stats: BigIntStats): boolean;
}

const chunkBytes = 256 * 1024;

/**
 * Answers with a file or one range of it, read piece by piece as the client takes it. Ends when the client goes.
 */
export async function sendFile(request: IncomingMessage, response: ServerResponse, file: SentFile): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(file.path, 'r');
  } catch {
    refuse(response, 410, 'The file is gone.');
    return;
  }
  try {
    // Of the open file: what is streamed is what was compared.
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile() || !file.isSame(stats)) {
      refuse(response, 410, 'The file was changed.');
      return;
    }
    await sendRange(request, response, handle, file.mimeType, stats);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

async function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  handle: FileHandle,
  mimeType: string,
  stats: BigIntStats,
): Promise<void> {
  const bytes = Number(stats.size);
  const etag = `"${stats.ino.toString(36)}-${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}"`;
  const modified = new Date(Number(stats.mtimeMs)).toUTCString();
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('ETag', etag);
  response.setHeader('Last-Modified', modified);
  response.setHeader('Content-Type', mimeType);
  // A clip is read from the disk here and now: no copy of it should lie in a browser's cache.
  response.setHeader('Cache-Control', 'no-store');

  const condition = request.headers['if-range'];
  const holds = condition === undefined || condition === etag || condition === modified;
  const range = parseByteRange(holds ? request.headers.range : undefined, bytes);
  if (range === 'unsatisfiable') {
    response.setHeader('Content-Range', `bytes */${bytes}`);
    refuse(response, 416, 'The range begins behind the end of the file.');
    return;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: bytes - 1 } : range;
  if (range !== 'whole') {
    response.setHeader('Content-Range', `bytes ${start}-${end}/${bytes}`);
  }
  response.setHeader('Content-Length', end - start + 1);
  response.writeHead(range === 'whole' ? 200 : 206);
  if (request.method === 'HEAD' || end < start) {
    response.end();
    return;
  }
  const content = handle.createReadStream({ start, end, highWaterMark: chunkBytes, autoClose: false });
  await pipeline(content, response).catch(() => void response.destroy());
  if (content.bytesRead !== end - start + 1) {
    // The file became shorter, or the client left: whoever still waits for the rest must not wait for ever.
    request.socket.destroy();
  }
}
