import { lstat, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { FileHashes } from '../models/fileHashes.js';
import { type Phrase, phrase } from '../protocol/index.js';
import { readPackRecord, recordPath, type PackRecord } from './packRecord.js';
import type { Pack } from './packSchema.js';

/** Compares names and sizes only; {@link changedFile} reads. */
export async function packProblem({ of }: Pick<Pack, 'of'>, folder: string, record: PackRecord): Promise<{ state: 'outdated' | 'broken'; problem: Phrase } | undefined> {
  if (record.of.version !== of.version || record.of.package !== of.package) {
    return { state: 'outdated', problem: phrase`It is for ${record.of.package} ${record.of.version}; this program has ${of.version}.` };
  }
  for (const { path, bytes } of record.files) {
    const facts = await stat(join(folder, ...path.split('/'))).catch(() => undefined);
    if (!facts?.isFile()) {
      return { state: 'broken', problem: phrase`Its file ${path} is missing.` };
    }
    if (facts.size !== bytes) {
      return { state: 'broken', problem: phrase`Its file ${path} has ${facts.size} bytes instead of ${bytes}.` };
    }
  }
  return undefined;
}

/**
 * The first file of a pack that is not as the manifest, or the installation, has it: changed, missing, a link, or one too many,
 * since a runtime loads what it finds in its folder. Every byte counts; of what has not changed since, the hash is remembered.
 *
 * @throws VideoChatError RequestCancelled
 */
export async function changedFile(pack: Pack, folder: string, hashes: FileHashes, token?: CancellationToken): Promise<string | undefined> {
  const record = await readPackRecord(folder);
  if (!record) {
    return recordPath(folder);
  }
  const recorded = new Map(record.files.map((file) => [file.path, file]));
  // What the program knows counts more than what lies beside the files.
  for (const { to, files = [] } of pack.archives) {
    const other = files.find(({ path, sha256 }) => recorded.get(`${to}/${path}`)?.sha256 !== sha256);
    if (other) {
      return `${to}/${other.path}`;
    }
  }
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of found.filter((each) => !each.isDirectory())) {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (path !== 'pack.json' && !recorded.has(path)) {
      return path;
    }
  }
  for (const { path, bytes, sha256 } of record.files) {
    const file = join(folder, ...path.split('/'));
    const facts = await lstat(file).catch(() => undefined);
    if (!facts?.isFile() || facts.size !== bytes || (await hashes.sha256(file, undefined, token)) !== sha256) {
      return path;
    }
  }
  return undefined;
}
