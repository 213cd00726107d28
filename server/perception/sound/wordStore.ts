import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { BoundedFolder } from '../../common/boundedFolder.js';
import type { Segment } from '../../protocol/index.js';
import type { HeardLine } from '../perception.js';

/** Raised whenever the same sound would be heard otherwise. */
const version = 1;
const largestFile = 1024 * 1024;
const seconds = z.number().min(0).max(1e6);
const linesSchema = z.array(z.strictObject({ startSeconds: seconds, endSeconds: seconds, text: z.string().min(1).max(2_000), confidence: z.number().min(0).max(1) })).max(1_000);

/** Words that were heard in pieces of clips, on disk by their content. Times are those of the clip. */
export class WordStore {
  private readonly files: BoundedFolder;

  constructor(folder: string, limitBytes: number) {
    this.files = new BoundedFolder(folder, { extension: '.words', limitBytes });
  }

  /** @param hash of the one who hears */
  async find(contentHash: string, hash: string, piece: Segment): Promise<HeardLine[] | undefined> {
    const path = await this.files.find(keyOf(contentHash, hash, piece));
    if (path === undefined) return undefined;
    try {
      return (await stat(path)).size > largestFile ? undefined : linesSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return undefined;
    }
  }

  /** Never rejects because of the disk. */
  async keep(contentHash: string, hash: string, piece: Segment, lines: readonly HeardLine[]): Promise<void> {
    await this.files.write(keyOf(contentHash, hash, piece), Buffer.from(JSON.stringify(lines)));
  }
}

function keyOf(contentHash: string, hash: string, { startSeconds, endSeconds }: Segment): string {
  const piece = [startSeconds, endSeconds].map((value) => value.toFixed(3));
  return createHash('sha256').update(JSON.stringify([contentHash, hash, piece, 'words', version])).digest('hex');
}
