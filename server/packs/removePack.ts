import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writingModels } from '../hub/hubErrors.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { PackPlaces } from './packPlaces.js';
import { readPackRecord, recordPath } from './packRecord.js';
import type { Pack } from './packSchema.js';
import { downloadState } from './packSizes.js';

/**
 * Takes a pack off the disk, or what has come of a download. Where Windows keeps libraries that somebody has loaded, the pack is
 * no pack any more, and its files go when it is {@link sweepPacks swept} later.
 *
 * @returns bytes that are free now, or will be
 * @throws VideoChatError PackBusy, ModelNotWritten
 */
export async function removePack(pack: Pack, places: PackPlaces): Promise<number> {
  const download = await downloadState(pack, places);
  if (download.fetching) {
    throw new VideoChatError(ErrorCode.PackBusy, phrase`"${pack.id}" is being fetched.`, { hint: 'Pause the download first.', subject: pack.id });
  }
  const folder = places.folder(pack);
  const record = await readPackRecord(folder);
  await writingModels(places.home, () => rm(places.downloads(pack), { recursive: true, force: true }));
  await rm(places.verdict(pack), { force: true }).catch(() => undefined);
  await writingModels(folder, async () => {
    await mkdir(places.staging, { recursive: true });
    const aside = join(places.staging, randomUUID());
    try {
      await rename(folder, aside);
      await rm(aside, { recursive: true, force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') {
        await rm(recordPath(folder), { force: true });
      }
    }
  });
  return download.bytes + (record?.files ?? []).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Deletes folders that are no packs any more, where the system lets it. */
export async function sweepPacks(places: PackPlaces): Promise<void> {
  const found = await readdir(places.home, { withFileTypes: true }).catch(() => []);
  for (const { name } of found.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    const folder = join(places.home, name);
    if (!(await readPackRecord(folder))) {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}
