import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../common/writeWhole.js';
import { packReasons } from '../protocol/index.js';
import type { PackRecord } from './packRecord.js';
import type { Finding } from './verdict.js';

const storedSchema = z.object({
  version: z.literal(1),
  /** Of the pack's files. */
  pack: z.string(),
  /** Of NVIDIA's driver; empty where there was none. */
  driver: z.string().max(100),
  timeMs: z.number(),
  reason: z.enum(packReasons).optional(),
  library: z.string().max(300).optional(),
  detail: z.string().max(1_000).optional(),
});

/** A finding, and when and with which driver it was made. */
export interface KeptFinding {
  finding: Finding;
  driver?: string;
  timeMs: number;
}

const passing: readonly Finding['reason'][] = ['outOfMemory', 'timedOut', 'changed', 'libraryMissing'];

/** May be otherwise a moment later, with the same pack and driver: it is tried again after a restart. */
export function mayPass({ reason }: Finding): boolean {
  return passing.includes(reason);
}

/** What the last test of a pack has shown, as long as pack and driver are the same. */
export async function readVerdict(path: string, record: PackRecord, driver: string | undefined): Promise<KeptFinding | undefined> {
  try {
    const { pack, driver: kept, timeMs, reason, library, detail } = storedSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    if (pack !== identityOf(record) || kept !== (driver ?? '')) {
      return undefined;
    }
    const finding = { ...(reason === undefined ? {} : { reason }), ...(library === undefined ? {} : { library }), ...(detail === undefined ? {} : { detail }) };
    return { finding, ...(driver === undefined ? {} : { driver }), timeMs };
  } catch {
    return undefined;
  }
}

/** A verdict that cannot be kept costs another test later. */
export async function keepVerdict(path: string, record: PackRecord, { finding, driver = '', timeMs }: KeptFinding): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, `${JSON.stringify({ version: 1, pack: identityOf(record), driver, timeMs, ...finding }, null, 1)}\n`);
  } catch {
    // See above.
  }
}

function identityOf(record: PackRecord): string {
  return createHash('sha256').update(JSON.stringify(record)).digest('hex');
}
