import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { type Logger, silentLogger } from '../common/logger.js';
import { checkDiskSpace } from '../hub/diskSpace.js';
import { contentHash } from '../hub/contentHash.js';
import { ggufCheck } from '../language/ggufCheck.js';
import { discoverModels } from '../models/discoverModels.js';
import { resolveModelFile } from '../models/modelFiles.js';
import { ErrorCode, type ModelAbility, type ModelImportParams, type ModelImportResult, phrase, VideoChatError } from '../protocol/index.js';
import { externalDataLocations } from '../vision/externalData.js';
import type { CatalogueRecord } from './catalogueSchema.js';
import { ggufManifest } from './ggufManifest.js';
import { checkPair, type Pair, pairRules } from './importPair.js';
import type { InstallRecord } from './installRecord.js';
import { placeModel } from './placeModel.js';
import { refusal } from './refusal.js';
import { sniffImport } from './sniffImport.js';

export interface ImportOptions {
  home: string;
  /** Folders of all models: an id is taken once. */
  modelFolders: readonly string[];
  /** Its ids are not given to others, and its rules serve models of the same layout. */
  catalogue: readonly CatalogueRecord[];
  logger: Logger;
  token?: CancellationToken;
  onProgress?(progress: { done: number; total: number }): void;
}

/**
 * Makes a model of a file or folder of this machine.
 *
 * @throws VideoChatError InvalidParams, ImportRefused, ModelCorrupt, ManifestInvalid, ModelFileMissing, ModelHashMismatch, DiskFull,
 *   ModelNotWritten, RequestCancelled
 */
export async function importModel(params: ModelImportParams, options: ImportOptions): Promise<ModelImportResult> {
  const [path, ...others] = params.paths;
  const pair = await pairOf(params.paths);
  if (pair) {
    return importPair(pair, params, options);
  }
  if (path === undefined || others.length > 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'A model is made of a GGUF file, of a vision encoder and a GGUF, or of a folder with a manifest.json.', {
      hint: 'Where it has other files, put them into a folder with a manifest.json that names them.',
    });
  }
  const { kind, real } = await sniffImport(path);
  return kind === 'gguf' ? importGguf(real, params, options) : importFolder(real, options);
}

async function importGguf(file: string, params: ModelImportParams, options: ImportOptions): Promise<ModelImportResult> {
  // Before it is read to its end.
  const { bytes } = await ggufCheck(file);
  const id = params.id ?? idOf(file);
  await checkId(id, options);
  let done = 0;
  const { sha256 } = await contentHash(file, options.token, (more) => options.onProgress?.({ done: (done += more), total: bytes }));
  const path = 'language.gguf';
  const { name, licence, contextLength } = params;
  const given = { ...(name === undefined ? {} : { name }), ...(licence === undefined ? {} : { licence }), ...(contextLength === undefined ? {} : { contextLength }) };
  const { manifest, facts } = await ggufManifest(file, { id, path, sha256, ...given });
  return place(id, manifest, [{ key: 'language', path, from: file, bytes, sha256 }], ['timeline'], facts, options);
}

/** A graph and a GGUF, in either order. */
async function pairOf(paths: readonly string[]): Promise<Pair | undefined> {
  const graph = paths.find((path) => /\.onnx$/i.test(path));
  const other = paths.find((path) => path !== graph);
  if (paths.length !== 2 || graph === undefined || other === undefined) {
    return undefined;
  }
  const facts = await stat(graph).catch(() => undefined);
  if (!facts?.isFile()) {
    throw refusal(graph, phrase`It is not a regular file.`, phrase`Check the path.`);
  }
  const { kind, real } = await sniffImport(other);
  if (kind !== 'gguf') {
    throw refusal(other, phrase`It is not a GGUF file.`, phrase`Name a GGUF file, or a folder with a manifest.json.`);
  }
  return { graph: await realpath(graph), gguf: real };
}

async function importPair(pair: Pair, params: ModelImportParams, options: ImportOptions): Promise<ModelImportResult> {
  const id = params.id ?? idOf(pair.gguf);
  await checkId(id, options);
  const { rules, facts } = await pairRules(pair, options.catalogue, options.logger);
  const sources = [{ key: 'vision', path: 'vision.onnx', from: pair.graph }, { key: 'language', path: 'language.gguf', from: pair.gguf }];
  const total = (await Promise.all(sources.map(({ from }) => stat(from)))).reduce((sum, { size }) => sum + size, 0);
  const files: PlacedFile[] = [];
  let done = 0;
  for (const source of sources) {
    const { bytes, sha256 } = await contentHash(source.from, options.token, (more) => options.onProgress?.({ done: (done += more), total }));
    files.push({ ...source, bytes, sha256 });
  }
  const table = Object.fromEntries(files.map(({ key, path, bytes, sha256 }) => [key, { path, bytes, sha256 }]));
  const identity = { schemaVersion: 1, id, name: params.name ?? id, description: 'Imported. It sees clips.', licence: params.licence ?? 'unknown' };
  const manifest = { ...identity, ...rules, files: table };
  checkPair(manifest, id);
  return place(id, manifest, files, ['chat', 'image'], facts, options);
}

async function importFolder(folder: string, options: ImportOptions): Promise<ModelImportResult> {
  const entry = (await discoverModels([folder], silentLogger)).find((each) => each.folder === folder);
  if (!entry) {
    throw refusal(folder, phrase`It has no manifest.json.`, phrase`Name a GGUF file, or a folder with a manifest.json.`);
  }
  const { id } = entry;
  const manifest = entry.manifest ?? entry.dualEncoder;
  if (!manifest) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, entry.problem ?? 'The manifest is not valid.', { hint: 'Correct manifest.json; models/README.md describes every field.', subject: folder });
  }
  await checkId(id, options);
  const files = await Promise.all(Object.entries(manifest.files).map(async ([key, file]) => ({ key, ...file, from: await resolveModelFile(folder, manifest, key) })));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { from, path, bytes, sha256, companions = [] } of files) {
    const hash = await contentHash(from, options.token, (more) => options.onProgress?.({ done: Math.min(total, (done += more)), total }));
    if (hash.bytes !== bytes || hash.sha256 !== sha256) {
      throw new VideoChatError(ErrorCode.ModelHashMismatch, phrase`The file ${path} of the model "${id}" is not the one its manifest names.`, { hint: 'Correct manifest.json, or get the file again.', subject: from });
    }
    await checkContent(from, path, companions.map((key) => manifest.files[key]?.path ?? ''));
  }
  return place(id, manifest, files, manifest.abilities, { architecture: 'manifest' }, options);
}

/** What native code would trip over, and files that a graph would open by itself. */
async function checkContent(file: string, path: string, companions: readonly string[]): Promise<void> {
  if (path.endsWith('.gguf')) {
    await ggufCheck(file);
  }
  if (path.endsWith('.onnx')) {
    const beside = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    const foreign = (await externalDataLocations(file)).find((location) => !companions.includes(beside + location));
    if (foreign !== undefined) {
      throw refusal(path, phrase`It wants to read the file "${foreign}", which its manifest does not name as a companion.`, phrase`Name it in companions, if it is a part of the model.`);
    }
  }
}

interface PlacedFile {
  key: string;
  path: string;
  from: string;
  bytes: number;
  sha256: string;
}

async function place(id: string, manifest: object, files: readonly PlacedFile[], abilities: ModelAbility[], facts: Record<string, string>, { home, token }: ImportOptions): Promise<ModelImportResult> {
  throwIfCancelled(token);
  await checkDiskSpace(home, 0);
  const folder = join(home, id);
  const record: InstallRecord = { version: 1, origin: 'import', id, variant: 'imported', files: files.map(({ key, path, bytes, sha256 }) => ({ key, path, bytes, sha256 })) };
  const how = await placeModel({ home, folder, manifest, record, sources: [...files] });
  return { modelId: id, folder, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), abilities, facts, how };
}

async function checkId(id: string, { modelFolders, catalogue }: ImportOptions): Promise<void> {
  const isTaken = catalogue.some((record) => record.id === id) || (await discoverModels(modelFolders, silentLogger)).some((entry) => entry.id === id);
  if (isTaken) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is a model "${id}" already.`, { hint: 'Give the new one another id.', subject: id });
  }
}

/** From the name of a file: what an id may hold. */
function idOf(file: string): string {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(/\.gguf$/i, '');
  const id = name.toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 100);
  return id === '' ? 'imported' : id;
}

