import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { PullMeter } from '../catalogue/pullMeter.js';
import { checkDiskSpace } from '../hub/diskSpace.js';
import { fetchPinned, type PinnedFile, pinnedPart, type PinnedResult } from '../hub/fetchPinned.js';
import { writingModels } from '../hub/hubErrors.js';
import type { WebClient } from '../hub/webClient.js';
import type { PackPullProgress } from '../protocol/index.js';
import { addOnnxRuntime } from './addOnnxRuntime.js';
import { mirrored } from './packMirror.js';
import { PackPins } from './packPins.js';
import type { PackPlaces } from './packPlaces.js';
import { type PackFile, type PackRecord, recordPath } from './packRecord.js';
import type { Pack, PackArchive } from './packSchema.js';
import { PackSink } from './packSink.js';
import { publishedHash } from './publishedHash.js';
import { unpackTar } from './unpackTar.js';
import { unpackZip } from './unpackZip.js';
import { sizeOf } from './packSizes.js';

export interface PackPull {
  client: WebClient;
  places: PackPlaces;
  env: NodeJS.ProcessEnv;
  token?: CancellationToken | undefined;
  onProgress(progress: PackPullProgress): void;
}

/**
 * Fetches the archives of a pack, unpacks them beside its place, and brings it there whole.
 *
 * @throws VideoChatError as `fetchPinned`, and ArchiveRefused
 */
export async function pullPack(pack: Pack, { client, places, env, token, onProgress }: PackPull): Promise<PackRecord> {
  const pins = new PackPins(places.pins);
  const meter = new PullMeter((progress) => onProgress({ ...progress, stage: progress.stage === 'installing' ? 'unpacking' : progress.stage }));
  const wanted: { archive: PackArchive; file: PinnedFile }[] = [];
  for (const archive of pack.archives) {
    meter.stage('asking', archive.url);
    wanted.push({ archive, file: { address: mirrored(archive.url, env), name: archive.url, ...(await hashOf(archive, client, pins, env, token)) } });
  }
  meter.expect(wanted.map(({ archive, file }) => ({ path: archive.url, bytes: file.bytes })));
  await writingModels(places.home, () => mkdir(places.downloads(pack), { recursive: true }));
  await checkDiskSpace(places.home, await missingBytes(pack, wanted, places));
  const archives: { archive: PackArchive; got: PinnedResult }[] = [];
  for (const { archive, file } of wanted) {
    const got = await fetchPinned(client, file, places.download(pack, archive), { token, onProgress: ({ stage, here }) => meter.file(stage, archive.url, here) });
    await (archive.sha256 === undefined && pins.add(archive.url, got));
    meter.finished(archive.url, got.bytes);
    archives.push({ archive, got });
  }
  const record = await install(pack, archives, places, token, onProgress);
  await rm(places.downloads(pack), { recursive: true, force: true }).catch(() => undefined);
  return record;
}

/** The manifest's, else that of the first download, else what the registry says. */
async function hashOf(archive: PackArchive, client: WebClient, pins: PackPins, env: NodeJS.ProcessEnv, token?: CancellationToken): Promise<Pick<PinnedFile, 'bytes' | 'hash'>> {
  const { bytes, sha256 } = archive.sha256 === undefined ? ((await pins.find(archive.url)) ?? archive) : archive;
  return sha256 === undefined ? publishedHash(client, archive, env, token) : { bytes, hash: { algorithm: 'sha256', digest: sha256 } };
}

/** What is still to come, and what it unpacks to. */
async function missingBytes(pack: Pack, wanted: readonly { archive: PackArchive; file: PinnedFile }[], places: PackPlaces): Promise<number> {
  let bytes = 0;
  for (const { archive, file } of wanted) {
    const path = places.download(pack, archive);
    const here = (await sizeOf(path)) + (await sizeOf(pinnedPart(path)));
    bytes += Math.max(0, (file.bytes ?? 0) - here) + (archive.files ?? []).reduce((sum, each) => sum + each.bytes, 0);
  }
  return bytes;
}

async function install(
  pack: Pack,
  archives: readonly { archive: PackArchive; got: PinnedResult }[],
  places: PackPlaces,
  token: CancellationToken | undefined,
  onProgress: PackPull['onProgress'],
): Promise<PackRecord> {
  const staging = join(places.staging, randomUUID());
  const old = `${staging}.old`;
  const folder = places.folder(pack);
  try {
    await writingModels(staging, () => mkdir(staging, { recursive: true }));
    const files: PackFile[] = pack.part === 'vision' ? await addOnnxRuntime(staging) : [];
    const total = pack.archives.reduce((sum, each) => sum + (each.files ?? []).reduce((bytes, file) => bytes + file.bytes, 0), 0);
    let done = 0;
    let toldMs = 0;
    const onBytes = (bytes: number): void => {
      done += bytes;
      if (performance.now() - toldMs > 100) {
        toldMs = performance.now();
        onProgress({ stage: 'unpacking', done, ...(total > 0 ? { total } : {}) });
      }
    };
    onProgress({ stage: 'unpacking', done, ...(total > 0 ? { total } : {}) });
    for (const { archive } of archives) {
      const sink = new PackSink(archive, staging, { token, onBytes });
      await (archive.format === 'zip' ? unpackZip : unpackTar)(places.download(pack, archive), sink);
      files.push(...sink.files);
    }
    const record: PackRecord = { version: 1, id: pack.id, of: pack.of, archives: archives.map(({ archive, got }) => ({ url: archive.url, bytes: got.bytes, sha256: got.sha256 })), files };
    await writingModels(folder, async () => {
      await writeFile(recordPath(staging), `${JSON.stringify(record, null, 1)}\n`, { flush: true });
      await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') {
          throw error;
        }
      });
      await rename(staging, folder);
    });
    return record;
  } finally {
    await Promise.all([staging, old].map((path) => rm(path, { recursive: true, force: true }).catch(() => undefined)));
  }
}
