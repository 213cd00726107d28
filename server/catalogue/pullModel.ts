import { realpath } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import type { FileFacts, HubAccess } from '../hub/askFile.js';
import { checkDiskSpace } from '../hub/diskSpace.js';
import { askWanted, type FetchedFile, fetchFile, type WantedFile } from '../hub/fetchFile.js';
import { isCommit } from '../hub/hubCache.js';
import { ggufCheck } from '../language/ggufCheck.js';
import type { ModelPullProgress, ModelPullResult } from '../protocol/index.js';
import { checkPull } from './checkPull.js';
import type { CatalogueChoice, CatalogueFile, CatalogueRecord } from './catalogueSchema.js';
import type { InstallRecord } from './installRecord.js';
import { type InstalledFile, makeManifest } from './makeManifest.js';
import { entryFolder } from './modelHome.js';
import { Pins } from './pins.js';
import { placeModel } from './placeModel.js';
import { PullMeter } from './pullMeter.js';
import { pullState, removeJournal, writeJournal } from './pullJournal.js';

export interface PullPlaces {
  /** Where models are kept. */
  home: string;
  hubCache: string;
}

export interface PullOptions {
  choice: CatalogueChoice;
  acceptLicence: boolean;
  token?: CancellationToken;
  onProgress(progress: ModelPullProgress): void;
}

/**
 * Fetches the files of an entry and makes a model of them.
 *
 * @throws VideoChatError InvalidParams, LicenceNotAccepted, and what `fetchFile` throws
 */
export async function pullModel(entry: CatalogueRecord, access: HubAccess, places: PullPlaces, options: PullOptions): Promise<Omit<ModelPullResult, 'howToRun'>> {
  const { choice, token, onProgress } = options;
  checkPull(entry, choice, options.acceptLicence);
  const pins = new Pins(places.home);
  const meter = new PullMeter(onProgress);
  const wanted: { file: CatalogueFile; want: WantedFile; facts: FileFacts }[] = [];
  for (const file of choice.files) {
    meter.stage('asking', file.path);
    const { want, facts = await askWanted(access, want, token) } = await pinned(file, pins);
    wanted.push({ file, want, facts });
  }
  meter.expect(wanted.map(({ file, facts }) => ({ path: file.path, bytes: facts.bytes })));
  const journal = { version: 1 as const, variant: choice.id, files: wanted.map(({ want, facts }) => ({ repo: want.repo, repoType: want.repoType, etag: facts.etag })) };
  await writeJournal(places.home, entry.id, journal);
  // All of it, before the first byte.
  const here = await pullState(journal, places.hubCache);
  await checkDiskSpace(places.hubCache, Math.max(0, wanted.reduce((sum, { facts }) => sum + (facts.bytes ?? 0), 0) - here.bytes));
  const fetched: { file: CatalogueFile; got: FetchedFile }[] = [];
  for (const { file, want, facts } of wanted) {
    const got = await fetchFile(access, want, facts, { cacheFolder: places.hubCache, token, onProgress: ({ stage, here }) => meter.file(stage, file.path, here) });
    await pins.add(want, got);
    fetched.push({ file, got });
    if (file.path.endsWith('.gguf')) {
      await ggufCheck(got.path);
    }
    meter.finished(file.path, got.bytes);
  }
  meter.stage('installing');
  const folder = entryFolder(places.home, entry);
  await checkDiskSpace(places.home, 0);
  await install(entry, choice, fetched, places.home, folder);
  await removeJournal(places.home, entry.id);
  return {
    ...(entry.install?.as === 'model' && entry.runs === 'direct' ? { modelId: entry.id } : {}),
    folder,
    variant: choice.id,
    files: fetched.map(({ file, got }) => ({ path: file.path, bytes: got.bytes, sha256: got.sha256, from: got.from })),
  };
}

/** What a file must be: what the catalogue says, and what it was when it was first fetched. */
async function pinned({ repo, repoType = 'model', revision, path, bytes, sha256 }: CatalogueFile, pins: Pins): Promise<{ want: WantedFile; facts?: FileFacts }> {
  const want: WantedFile = { repo, repoType, revision, path, ...(bytes === undefined ? {} : { bytes }), ...(sha256 === undefined ? {} : { sha256 }) };
  const pin = await pins.find(want);
  if (pin && (sha256 === undefined || sha256 === pin.sha256)) {
    return { want: { ...want, bytes: pin.bytes, sha256: pin.sha256 }, facts: { commit: pin.commit, etag: pin.etag, bytes: pin.bytes } };
  }
  return bytes !== undefined && sha256 !== undefined && isCommit(revision) ? { want, facts: { commit: revision, etag: sha256, bytes, sha256 } } : { want };
}

async function install(entry: CatalogueRecord, choice: CatalogueChoice, fetched: readonly { file: CatalogueFile; got: FetchedFile }[], home: string, folder: string): Promise<void> {
  const names = localNames(choice.files.map(({ path }) => path));
  const files = fetched.map(({ file, got }, i): InstalledFile => ({ key: file.key, path: names[i] ?? file.path, bytes: got.bytes, sha256: got.sha256 }));
  const manifest = entry.runs === 'direct' ? makeManifest(entry, files) : undefined;
  const record: InstallRecord = {
    version: 1,
    origin: 'catalogue',
    id: entry.id,
    variant: choice.id,
    files: fetched.map(({ file, got }, i) => ({
      ...(files[i] ?? { key: file.key, path: file.path, bytes: got.bytes, sha256: got.sha256 }),
      hub: { repo: file.repo, repoType: file.repoType ?? 'model', commit: got.commit, path: file.path, etag: got.etag, fetched: got.from === 'hub' },
    })),
  };
  const sources = await Promise.all(
    fetched.map(async ({ got }, i) => ({ from: await realpath(got.path), path: names[i] ?? '', bytes: got.bytes, mayPoint: fetched.length === 1 || entry.install?.as !== 'model' })),
  );
  await placeModel({ home, folder, ...(manifest ? { manifest } : {}), record, sources });
}

/** Names in one folder: the last part of each path, unless two files share it. */
function localNames(paths: readonly string[]): string[] {
  const short = paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
  return new Set(short).size === paths.length ? short : [...paths];
}
