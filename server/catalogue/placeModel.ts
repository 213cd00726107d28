import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writingModels } from '../hub/hubErrors.js';
import { bringFile } from './bringFile.js';
import type { InstallRecord } from './installRecord.js';
import { stagingFolder } from './modelHome.js';

export interface ModelToPlace {
  home: string;
  /** Where it will be. */
  folder: string;
  /** Left out: original files, which are no model. */
  manifest?: object;
  record: InstallRecord;
  /** Where each file of the record is now, the file itself. */
  sources: { from: string; path: string; bytes: number; mayPoint?: boolean }[];
}

/**
 * Puts a model together beside its place, and brings it there whole; what was there before is gone then.
 *
 * @throws VideoChatError DiskFull, ModelNotWritten
 */
export async function placeModel({ home, folder, manifest, record, sources }: ModelToPlace): Promise<'link' | 'copy'> {
  const staging = join(stagingFolder(home), randomUUID());
  const old = `${staging}.old`;
  try {
    return await writingModels(folder, async () => {
      await mkdir(staging, { recursive: true });
      const ways: ('link' | 'copy')[] = [];
      for (const { from, path, bytes, mayPoint } of sources) {
        ways.push(await bringFile(from, staging, path, bytes, mayPoint));
      }
      await writeFile(join(staging, 'origin.json'), `${JSON.stringify(record, null, 1)}\n`, { flush: true });
      if (manifest) {
        await writeFile(join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
      }
      await mkdir(dirname(folder), { recursive: true });
      await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') {
          throw error;
        }
      });
      await rename(staging, folder);
      return ways.includes('copy') ? 'copy' : 'link';
    });
  } finally {
    await Promise.all([staging, old].map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
  }
}

