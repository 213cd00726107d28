import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HubRepoFolder } from '../hub/hubCache.js';
import { writingModels } from '../hub/hubErrors.js';
import { isLocked } from '../hub/ownedLock.js';
import { lockPath } from '../hub/partLock.js';
import { removePart } from '../hub/partTag.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { readInstallRecord } from './installRecord.js';
import { stagingFolder } from './modelHome.js';
import { readJournal, removeJournal } from './pullJournal.js';
import type { PullPlaces } from './pullModel.js';

/**
 * Takes a model off the disk: its folder, what has come of its download, and what this program has put into the hub's cache for
 * it, unless another name there leads to it.
 *
 * @returns bytes that are free now
 * @throws VideoChatError ModelBusy, ModelNotWritten
 */
export async function removeModel(id: string, folder: string, { home, hubCache }: PullPlaces): Promise<number> {
  const journal = await readJournal(home, id);
  let freed = 0;
  for (const file of journal?.files ?? []) {
    const part = new HubRepoFolder(hubCache, file).part(file.etag);
    if (await isLocked(lockPath(part))) {
      throw new VideoChatError(ErrorCode.ModelBusy, phrase`"${id}" is being fetched.`, { hint: 'Pause the download first.', subject: id });
    }
  }
  for (const file of journal?.files ?? []) {
    const part = new HubRepoFolder(hubCache, file).part(file.etag);
    freed += await sizeOf(part);
    await writingModels(part, () => removePart(part));
  }
  const record = await readInstallRecord(folder);
  for (const { bytes, hub } of record?.files ?? []) {
    if (hub?.fetched) {
      const repo = new HubRepoFolder(hubCache, hub);
      await rm(repo.snapshot(hub.commit, hub.path), { force: true }).catch(() => undefined);
      if (!(await isNamedElsewhere(repo, hub.etag))) {
        await rm(repo.blob(hub.etag), { force: true }).catch(() => undefined);
        freed += bytes;
      }
    } else if (!hub) {
      freed += bytes;
    }
  }
  await takeAway(folder, home);
  await removeJournal(home, id);
  return freed;
}

/** A folder that is removed file by file would be half a model for a while. */
async function takeAway(folder: string, home: string): Promise<void> {
  if (!(await lstat(folder).catch(() => undefined))) {
    return;
  }
  await writingModels(folder, async () => {
    await mkdir(stagingFolder(home), { recursive: true });
    const aside = join(stagingFolder(home), randomUUID());
    await rename(folder, aside);
    await rm(aside, { recursive: true, force: true });
  });
}

async function isNamedElsewhere(repo: HubRepoFolder, etag: string): Promise<boolean> {
  const snapshots = join(repo.folder, 'snapshots');
  const names = await readdir(snapshots, { recursive: true }).catch(() => []);
  const blob = await realpath(repo.blob(etag)).catch(() => undefined);
  for (const name of names) {
    if (blob !== undefined && (await realpath(join(snapshots, name)).catch(() => undefined)) === blob) {
      return true;
    }
  }
  return false;
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
