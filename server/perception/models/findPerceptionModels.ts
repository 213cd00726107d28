import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../common/logger.js';
import { packageRoot } from '../../common/packageRoot.js';
import { type PerceptionFile, type PerceptionManifest, perceptionManifestSchema } from './perceptionManifest.js';

/** A perception model whose files are there, in their sizes. */
export interface PerceptionModel {
  manifest: PerceptionManifest;
  /** Of the manifest's file, hex. */
  sha256: string;
  /** Absolute paths, by their keys in the manifest. */
  paths: Record<string, string>;
}

const manifestBytes = 1024 * 1024;

/**
 * The models in the folders `perception/NAME` of model folders, then of those that come with the program. Of each kind the
 * first that can be used counts; what is wrong with others is logged.
 */
export async function findPerceptionModels(modelFolders: readonly string[], logger: Logger): Promise<PerceptionModel[]> {
  const models: PerceptionModel[] = [];
  const roots = new Set([...modelFolders, join(packageRoot(), 'models')].map((folder) => resolve(folder, 'perception')));
  for (const root of roots) {
    const names = await readdir(root).catch(() => []);
    for (const folder of names.sort().map((name) => join(root, name))) {
      if (!existsSync(join(folder, 'manifest.json'))) {
        continue;
      }
      try {
        const model = await readPerceptionModel(folder);
        if (!models.some(({ manifest }) => manifest.kind === model.manifest.kind)) {
          models.push(model);
        }
      } catch (error) {
        logger.log('warn', `The perception model in ${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return models;
}

async function readPerceptionModel(folder: string): Promise<PerceptionModel> {
  const path = join(folder, 'manifest.json');
  if ((await stat(path)).size > manifestBytes) {
    throw new Error(`Its manifest is larger than ${manifestBytes} bytes.`);
  }
  const bytes = await readFile(path);
  const parsed = perceptionManifestSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  if (!parsed.success) {
    throw new Error(z.prettifyError(parsed.error).slice(0, 1_000));
  }
  const paths: Record<string, string> = {};
  for (const [key, file] of Object.entries<PerceptionFile>(parsed.data.files)) {
    const found = file.package === undefined ? join(folder, file.path) : packageFile(file.package, file.path);
    const { size } = await stat(found);
    if (size !== file.bytes) {
      throw new Error(`${file.path} has ${size} bytes instead of ${file.bytes}.`);
    }
    paths[key] = found;
  }
  return { manifest: parsed.data, sha256: createHash('sha256').update(bytes).digest('hex'), paths };
}

/** A file of an installed npm package, whatever the package lets others import. */
function packageFile(name: string, path: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  const found = folders.map((folder) => join(folder, name, path)).find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error(`The npm package ${name} is not installed, or lacks ${path}.`);
  }
  return found;
}
