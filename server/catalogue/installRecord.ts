import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const fileSchema = z.object({
  key: z.string().max(100),
  /** In the model's folder. */
  path: z.string().max(255),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where in the hub it is from, and whether this program has put it into the hub's cache. */
  hub: z
    .object({ repo: z.string(), repoType: z.enum(['model', 'space']), commit: z.string(), path: z.string(), etag: z.string(), fetched: z.boolean() })
    .optional(),
});
const recordSchema = z.object({
  version: z.literal(1),
  origin: z.enum(['catalogue', 'import']),
  /** Of the catalogue's entry, or of the model. */
  id: z.string().max(100),
  variant: z.string().max(100),
  files: z.array(fileSchema).max(64),
});

/** Who has made a folder, of what. */
export type InstallRecord = z.infer<typeof recordSchema>;

const recordName = 'origin.json';

/** What is known of a folder; undefined where none of us has made it. */
export async function readInstallRecord(folder: string): Promise<InstallRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(folder, recordName), 'utf8')));
  } catch {
    return undefined;
  }
}

