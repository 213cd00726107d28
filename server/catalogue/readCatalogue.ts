import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../common/logger.js';
import { packageRoot } from '../common/packageRoot.js';
import { type CatalogueRecord, catalogueEntrySchema } from './catalogueSchema.js';

const entryBytes = 256 * 1024;

/** Where the entries are that come with the program. */
export function catalogueFolder(): string {
  return join(packageRoot(), 'models', 'catalogue');
}

/** Reads all entries of a folder, in the order of their ids. What is wrong with one is logged, and costs only that one. */
export async function readCatalogue(folder: string, logger: Logger): Promise<CatalogueRecord[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    logger.log('warn', `The catalogue ${folder} cannot be read: ${String(error)}`);
    return [];
  });
  const records = new Map<string, CatalogueRecord>();
  for (const name of names.filter((each) => each.endsWith('.json') && each !== 'catalogue.schema.json').sort()) {
    try {
      const record = await readEntry(join(folder, name));
      if (records.has(record.id)) {
        throw new Error(`the id "${record.id}" is taken`);
      }
      records.set(record.id, record);
    } catch (error) {
      logger.log('warn', `The catalogue entry ${name} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return [...records.values()];
}

async function readEntry(path: string): Promise<CatalogueRecord> {
  if ((await stat(path)).size > entryBytes) {
    throw new Error(`it is larger than ${entryBytes} bytes`);
  }
  const parsed = catalogueEntrySchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) {
    throw new Error(z.prettifyError(parsed.error).slice(0, 1_000));
  }
  const record = parsed.data;
  if (record.runs === 'direct' && !record.install) {
    throw new Error('it runs directly, but does not say how it is installed');
  }
  if (record.runs !== 'direct' && record.howToRun === undefined) {
    throw new Error('it does not say how it can be run');
  }
  if (record.runs === 'direct' && record.variants.some(({ files }) => files.length === 0)) {
    throw new Error('it runs directly, but has no files');
  }
  return record;
}
