import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';

/** SHA-256 of a file's bytes, lower-case hex; the file is streamed. Throws what the file system throws, or RequestCancelled. */
export async function hashFile(path: string, token?: CancellationToken): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfCancelled(token);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}
