import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { checkDiskSpace } from './diskSpace.js';
import { downloadPart } from './downloadPart.js';
import type { FetchProgress } from './fetchFile.js';
import { corrupt, writingModels } from './hubErrors.js';
import type { OwnedLock } from './ownedLock.js';
import { packGivenUp, packStatusError } from './packErrors.js';
import { waitForTurn } from './partLock.js';
import { removePart } from './partTag.js';
import { persist } from './persist.js';
import type { WebClient } from './webClient.js';

/** A file of the web, known by its hash. */
export interface PinnedFile {
  address: URL;
  /** How people call it. */
  name: string;
  bytes?: number | undefined;
  /** Hex. */
  hash: { algorithm: 'sha256' | 'sha512'; digest: string };
}

export interface PinnedOptions {
  token?: CancellationToken | undefined;
  onProgress(progress: FetchProgress): void;
}

export interface PinnedResult {
  bytes: number;
  sha256: string;
}

/**
 * Brings a file to its place, unless it is there: over broken lines, by one at a time, compared with its hash as a whole, and
 * never under its name before.
 *
 * @throws VideoChatError NotOnHub, DownloadFailed, HubBusy, DownloadCorrupt, DownloadRefused, DiskFull, ModelNotWritten,
 *   RequestCancelled
 */
export async function fetchPinned(client: WebClient, file: PinnedFile, path: string, options: PinnedOptions): Promise<PinnedResult> {
  const kept = await findKept(file, path, options);
  if (kept) {
    return kept;
  }
  const part = pinnedPart(path);
  await writingModels(path, () => mkdir(dirname(path), { recursive: true }));
  const lock = await waitForTurn(part, options);
  try {
    // Whoever had the lock may have brought it.
    return (await findKept(file, path, options)) ?? (await fetchLocked(client, file, path, lock, options));
  } finally {
    await lock.release();
  }
}

/** What has come of a file. */
export function pinnedPart(path: string): string {
  return `${path}.incomplete`;
}

async function findKept(file: PinnedFile, path: string, options: PinnedOptions): Promise<PinnedResult | undefined> {
  if (!(await stat(path).catch(() => undefined))?.isFile()) {
    return undefined;
  }
  const found = await hashed(path, options).catch(() => throwIfCancelled(options.token));
  return found && fits(found, file) ? found : undefined;
}

async function fetchLocked(client: WebClient, file: PinnedFile, path: string, lock: OwnedLock, options: PinnedOptions): Promise<PinnedResult> {
  const { address, name, bytes } = file;
  const { token, onProgress } = options;
  const part = pinnedPart(path);
  let here = await stat(part).then(({ size }) => size, () => 0);
  const source = {
    ...{ client, address, name, bytes },
    // The whole is compared with a hash that is known before the first byte.
    namesContent: () => true,
    statusError: (status: number, headers: Headers) => packStatusError(status, headers, name),
  };
  for (let wasBegun = here > 0; ; wasBegun = false) {
    await checkDiskSpace(dirname(path), Math.max(0, (bytes ?? 0) - here));
    const onBytes = (count: number): void => onProgress({ stage: 'fetching', here: (here = count) });
    await persist(name, () => downloadPart(source, part, { onBytes, ...(token ? { token } : {}) }), () => here, token, packGivenUp).catch(async (error: unknown) => {
      await (error instanceof VideoChatError && error.code === ErrorCode.DownloadCorrupt && removePart(part));
      throw error;
    });
    const found = await writingModels(part, () => hashed(part, options));
    if (fits(found, file)) {
      if (!(await lock.isOurs())) {
        throw new VideoChatError(ErrorCode.PackBusy, phrase`Another program has taken over the download of ${name}.`, { hint: 'Fetch it again.' });
      }
      await writingModels(path, async () => {
        await rename(part, path);
        await removePart(part);
      });
      return found;
    }
    await removePart(part);
    here = 0;
    if (!wasBegun) {
      throw corrupt(name, phrase`its SHA-256 is ${found.sha256}`);
    }
    // What an earlier program has left may be what is wrong: once more, from the beginning.
  }
}

async function hashed(path: string, { token, onProgress }: PinnedOptions): Promise<PinnedResult & { sha512: string }> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  let here = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    throwIfCancelled(token);
    sha256.update(piece);
    sha512.update(piece);
    onProgress({ stage: 'verifying', here: (here += piece.length) });
  }
  return { bytes: here, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') };
}

function fits(found: PinnedResult & { sha512: string }, { bytes, hash }: PinnedFile): boolean {
  return found.bytes === (bytes ?? found.bytes) && found[hash.algorithm] === hash.digest;
}
