import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { pathInside } from '../models/names.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.object({
  version: z.literal(1),
  id: z.string().max(100),
  /** Of the package that it belongs to. */
  of: z.object({ package: z.string(), version: z.string() }),
  archives: z.array(z.object({ url: z.string(), bytes: z.int().min(1), sha256 })).max(8),
  /** Every file, with forward slashes. */
  files: z.array(z.object({ path: z.string().max(400).regex(pathInside), bytes: z.int().min(0), sha256 })).max(2_000),
});

/** What a pack's folder is made of. */
export type PackRecord = z.infer<typeof recordSchema>;
export type PackFile = PackRecord['files'][number];

const recordName = 'pack.json';

export function recordPath(folder: string): string {
  return join(folder, recordName);
}

/** Undefined where there is no pack, or nobody can tell what it is. */
export async function readPackRecord(folder: string): Promise<PackRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordPath(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
