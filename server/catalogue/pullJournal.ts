import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../common/writeWhole.js';
import { HubRepoFolder } from '../hub/hubCache.js';
import { writingModels } from '../hub/hubErrors.js';
import { isLocked } from '../hub/ownedLock.js';
import { lockPath } from '../hub/partLock.js';

const journalSchema = z.object({
  version: z.literal(1),
  variant: z.string().max(100),
  files: z
    .array(z.object({ repo: z.string().max(200), repoType: z.enum(['model', 'space']), etag: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/) }))
    .max(64),
});
export type PullJournal = z.infer<typeof journalSchema>;

export function journalPath(home: string, entryId: string): string {
  return join(home, '.pulls', `${entryId}.json`);
}

/** Says which parts in the hub's cache belong to a model, until it is installed. */
export async function writeJournal(home: string, entryId: string, journal: PullJournal): Promise<void> {
  const path = journalPath(home, entryId);
  await writingModels(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, JSON.stringify(journal));
  });
}

export async function readJournal(home: string, entryId: string): Promise<PullJournal | undefined> {
  try {
    return journalSchema.parse(JSON.parse(await readFile(journalPath(home, entryId), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function removeJournal(home: string, entryId: string): Promise<void> {
  await rm(journalPath(home, entryId), { force: true });
}

/** How far a download is. */
export async function pullState(journal: PullJournal, hubCache: string): Promise<{ bytes: number; fetching: boolean }> {
  let bytes = 0;
  let fetching = false;
  for (const file of journal.files) {
    const folder = new HubRepoFolder(hubCache, file);
    for (const path of [folder.blob(file.etag), folder.part(file.etag)]) {
      bytes += await stat(path).then(({ size }) => size, () => 0);
    }
    fetching ||= await isLocked(lockPath(folder.part(file.etag)));
  }
  return { bytes, fetching };
}
