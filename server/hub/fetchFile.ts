import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { askFile, type FileFacts, fileName, type HubAccess } from './askFile.js';
import { type ContentHash, contentHash, isNamed } from './contentHash.js';
import { checkDiskSpace } from './diskSpace.js';
import { downloadPart } from './downloadPart.js';
import { hubSource } from './hubSource.js';
import { type HubFile, HubRepoFolder } from './hubCache.js';
import { corrupt, writingModels } from './hubErrors.js';
import { nameInSnapshot } from './nameInSnapshot.js';
import type { OwnedLock } from './ownedLock.js';
import { waitForTurn } from './partLock.js';
import { removePart } from './partTag.js';
import { persist } from './persist.js';

/** A file of the hub, and what it must be. */
export interface WantedFile extends HubFile {
  bytes?: number;
  sha256?: string;
}

/** A file that is here, and is the one that was asked for: every byte was compared. */
export interface FetchedFile {
  /** In the hub's cache. */
  path: string;
  commit: string;
  etag: string;
  bytes: number;
  sha256: string;
  from: 'hub' | 'cache';
}

export interface FetchProgress {
  stage: 'waiting' | 'fetching' | 'verifying';
  /** Bytes of the file that are here, or were compared. */
  here: number;
}

export interface FetchOptions {
  /** Root of the hub's cache. */
  cacheFolder: string;
  token?: CancellationToken;
  onProgress(progress: FetchProgress): void;
}

/**
 * Asks what a file is, and compares it with what it must be.
 *
 * @throws VideoChatError TokenNeeded, LicenceNotAccepted, NotOnHub, DownloadFailed, HubBusy, DownloadCorrupt, DownloadRefused,
 *   RequestCancelled
 */
export async function askWanted(access: HubAccess, file: WantedFile, token?: CancellationToken): Promise<FileFacts> {
  const facts = await persist(fileName(file), () => askFile(access, file, token), () => 0, token);
  const otherHash = file.sha256 !== undefined && facts.sha256 !== undefined && file.sha256 !== facts.sha256;
  const otherSize = file.bytes !== undefined && facts.bytes !== undefined && file.bytes !== facts.bytes;
  if (otherHash || otherSize) {
    throw corrupt(fileName(file), phrase`the hub has another one than is known`);
  }
  return facts;
}

/**
 * Brings a file of the hub into its cache, unless it is there. What is there is compared with its hash first.
 *
 * @throws VideoChatError TokenNeeded, LicenceNotAccepted, NotOnHub, DownloadFailed, HubBusy, DownloadCorrupt, DownloadRefused,
 *   DiskFull, ModelNotWritten, RequestCancelled
 */
export async function fetchFile(access: HubAccess, file: WantedFile, facts: FileFacts, options: FetchOptions): Promise<FetchedFile> {
  const folder = new HubRepoFolder(options.cacheFolder, file);
  const kept = await findKept(folder, file, facts, options);
  if (kept) {
    return kept;
  }
  await writingModels(folder.folder, () => mkdir(dirname(folder.part(facts.etag)), { recursive: true }));
  const lock = await waitForTurn(folder.part(facts.etag), options);
  try {
    // Whoever had the lock may have brought it.
    return (await findKept(folder, file, facts, options)) ?? (await fetchLocked(access, file, facts, folder, lock, options));
  } finally {
    await lock.release();
  }
}

/** A file of this cache, whoever has put it there, if its content is right. */
async function findKept(folder: HubRepoFolder, file: WantedFile, facts: FileFacts, { token, onProgress }: FetchOptions): Promise<FetchedFile | undefined> {
  for (const path of [folder.blob(facts.etag), folder.snapshot(facts.commit, file.path)]) {
    const size = await stat(path).then((stats) => (stats.isFile() ? stats.size : undefined), () => undefined);
    if (size === undefined || (facts.bytes !== undefined && size !== facts.bytes)) {
      continue;
    }
    const hash = await hashed(path, token, onProgress).catch(() => throwIfCancelled(token));
    if (hash && fits(hash, file, facts)) {
      return { path, commit: facts.commit, etag: facts.etag, bytes: hash.bytes, sha256: hash.sha256, from: 'cache' };
    }
  }
  return undefined;
}

async function fetchLocked(
  access: HubAccess,
  file: WantedFile,
  facts: FileFacts,
  folder: HubRepoFolder,
  lock: OwnedLock,
  { cacheFolder, token, onProgress }: FetchOptions,
): Promise<FetchedFile> {
  const part = folder.part(facts.etag);
  const blob = folder.blob(facts.etag);
  let here = await stat(part).then(({ size }) => size, () => 0);
  for (let wasBegun = here > 0; ; wasBegun = false) {
    await checkDiskSpace(cacheFolder, Math.max(0, (facts.bytes ?? 0) - here));
    const onBytes = (bytes: number): void => {
      here = bytes;
      onProgress({ stage: 'fetching', here });
    };
    const fetchRest = (): Promise<void> => downloadPart(hubSource(access, file, facts), part, { onBytes, token });
    await persist(fileName(file), fetchRest, () => here, token).catch(async (error: unknown) => {
      await (error instanceof VideoChatError && error.code === ErrorCode.DownloadCorrupt && removePart(part));
      throw error;
    });
    const hash = await writingModels(part, () => hashed(part, token, onProgress));
    if (fits(hash, file, facts)) {
      if (!(await lock.isOurs())) {
        throw new VideoChatError(ErrorCode.ModelBusy, phrase`Another program has taken over the download of ${fileName(file)}.`, { hint: 'Fetch it again.' });
      }
      await writingModels(blob, async () => {
        await rename(part, blob);
        await removePart(part);
        await nameInSnapshot(folder, file, facts);
      });
      return { path: blob, commit: facts.commit, etag: facts.etag, bytes: hash.bytes, sha256: hash.sha256, from: 'hub' };
    }
    await removePart(part);
    here = 0;
    if (!wasBegun) {
      throw corrupt(fileName(file), phrase`its SHA-256 is ${hash.sha256}`);
    }
    // What an earlier program has left may be what is wrong: once more, from the beginning.
  }
}

async function hashed(path: string, token: CancellationToken | undefined, onProgress: FetchOptions['onProgress']): Promise<ContentHash> {
  let here = 0;
  return contentHash(path, token, (bytes) => onProgress({ stage: 'verifying', here: (here += bytes) }));
}

function fits(hash: ContentHash, file: WantedFile, facts: FileFacts): boolean {
  return isNamed(hash, facts.etag) && hash.sha256 === (file.sha256 ?? hash.sha256) && hash.bytes === (file.bytes ?? hash.bytes);
}
