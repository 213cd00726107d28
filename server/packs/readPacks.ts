import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../common/logger.js';
import { packageRoot } from '../common/packageRoot.js';
import { type Pack, packSchema } from './packSchema.js';

/** Where the manifests are that come with the program. */
export function packManifests(): string {
  return join(packageRoot(), 'models', 'packs');
}

/** The packs for a platform. What is wrong with one is logged, and costs only that one. */
export async function readPacks(folder: string, logger: Logger, platform = `${process.platform}-${process.arch}`): Promise<Pack[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    logger.log('warn', `The GPU packs in ${folder} cannot be read: ${String(error)}`);
    return [];
  });
  const packs: Pack[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    try {
      const parsed = packSchema.safeParse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      if (!parsed.success) {
        throw new Error(z.prettifyError(parsed.error).slice(0, 1_000));
      }
      const { platforms, ...pack } = parsed.data;
      const archives = platforms[platform]?.archives;
      if (archives) {
        packs.push({ ...pack, archives });
      }
    } catch (error) {
      logger.log('warn', `The GPU pack ${name} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return packs;
}
