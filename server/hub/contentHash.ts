import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';

const pieceBytes = 1024 * 1024;

export interface ContentHash {
  bytes: number;
  sha256: string;
  /** As git names the content. */
  blob: string;
}

/** Reads a file to its end. Rejects as `fs` does. */
export async function contentHash(path: string, token?: CancellationToken, onBytes?: (bytes: number) => void): Promise<ContentHash> {
  const { size } = await stat(path);
  const sha256 = createHash('sha256');
  const blob = createHash('sha1').update(`blob ${size}\0`);
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
    throwIfCancelled(token);
    sha256.update(piece);
    blob.update(piece);
    bytes += piece.length;
    onBytes?.(piece.length);
  }
  return { bytes, sha256: sha256.digest('hex'), blob: blob.digest('hex') };
}

/** Whether the content is the one that an etag of the hub names. */
export function isNamed(hash: ContentHash, etag: string): boolean {
  return etag === (etag.length === 64 ? hash.sha256 : hash.blob);
}
