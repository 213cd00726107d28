import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Logger } from '../common/logger.js';
import { reasonOf } from '../common/phraseError.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { type DualEncoderManifest, isDualEncoder, parseDualEncoderManifest } from './dualEncoderManifest.js';
import { parseManifest } from './manifest.js';
import type { Manifest } from './manifest.js';
import { checkPrompt } from './prompt.js';

/** A model folder, usable or not. */
export interface ModelEntry {
  id: string;
  /** Absolute. */
  folder: string;
  manifest?: Manifest;
  /** Instead of `manifest`, of a model that answers nothing and finds pictures by words. */
  dualEncoder?: DualEncoderManifest;
  /** SHA-256 of the manifest's file, hex. */
  manifestHash?: string;
  /** Of a backend that a client has declared; handed over by it, and never written anywhere. */
  apiKey?: string;
  /** Id of the only client that has it. */
  client?: string;
  /** Why it cannot be used; then there is neither. */
  problem?: string | Phrase;
}

const manifestBytes = 1024 * 1024;

/**
 * Reads the manifest of every model folder in `folders`. A folder that itself holds a `manifest.json`
 * is one too. Broken manifests are listed with their problem; of two models with one id the later is.
 */
export async function discoverModels(folders: readonly string[], logger: Logger): Promise<ModelEntry[]> {
  const entries = new Map<string, ModelEntry>();
  for (const folder of await modelFolders(folders, logger)) {
    const entry = await readEntry(folder);
    const first = entries.get(entry.id);
    if (!first) {
      entries.set(entry.id, entry);
    } else if (first.folder !== folder) {
      const id = `${entry.id} (${folder})`;
      entries.set(id, { id, folder, problem: phrase`The id "${entry.id}" is already taken by ${first.folder}.` });
    }
  }
  for (const { id, problem } of entries.values()) {
    if (problem) {
      logger.log('warn', `Model ${id} cannot be used: ${problem}`);
    }
  }
  return [...entries.values()];
}

/** Reads the manifest of one folder with a model that answers. @throws ManifestInvalid */
export async function readManifest(folder: string): Promise<Manifest> {
  const { manifest } = await readWithHash(folder);
  if (!manifest) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, 'This model is there for searching; it answers no questions.', { subject: folder });
  }
  return manifest;
}

async function readWithHash(folder: string): Promise<Pick<ModelEntry, 'manifest' | 'dualEncoder'> & { manifestHash: string }> {
  const path = join(folder, 'manifest.json');
  const invalid = (message: Phrase): VideoChatError =>
    new VideoChatError(ErrorCode.ManifestInvalid, message, { hint: 'Correct or remove manifest.json.', subject: path });
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > manifestBytes) {
      throw invalid(phrase`The manifest is larger than ${manifestBytes} bytes.`);
    }
    bytes = await readFile(path);
  } catch (error) {
    throw error instanceof VideoChatError
      ? error
      : invalid(phrase`The manifest cannot be read: ${(error as Error).message}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw invalid(phrase`The manifest is not JSON: ${(error as Error).message}.`);
  }
  const manifestHash = createHash('sha256').update(bytes).digest('hex');
  if (isDualEncoder(value)) {
    return { dualEncoder: parseDualEncoderManifest(value, path), manifestHash };
  }
  const manifest = parseManifest(value, path);
  checkPrompt(manifest);
  return { manifest, manifestHash };
}

async function readEntry(folder: string): Promise<ModelEntry> {
  try {
    const read = await readWithHash(folder);
    return { id: (read.manifest ?? read.dualEncoder)?.id ?? basename(folder), folder, ...read };
  } catch (error) {
    return { id: basename(folder), folder, problem: reasonOf(error) };
  }
}

async function modelFolders(folders: readonly string[], logger: Logger): Promise<string[]> {
  const found: string[] = [];
  for (const folder of folders.map((path) => resolve(path))) {
    if (await isFile(join(folder, 'manifest.json'))) {
      found.push(folder);
      continue;
    }
    try {
      const names = (await readdir(folder)).sort();
      for (const name of names) {
        if (await isFile(join(folder, name, 'manifest.json'))) {
          found.push(join(folder, name));
        }
      }
    } catch (error) {
      logger.log('warn', `Model folder ${folder} cannot be read: ${(error as Error).message}`);
    }
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
