import { readdir, readFile } from 'node:fs/promises';
import { totalmem, freemem } from 'node:os';
import { join } from 'node:path';
import { nvidiaCards } from '../common/nvidiaCards.js';
import { freeDiskBytes } from '../hub/diskSpace.js';
import type { CatalogueMachine } from '../protocol/index.js';

const askMs = 5_000;
/** Of Apple's memory, which graphics share. */
const sharedFraction = 0.7;

let card: Promise<CatalogueMachine['gpu']> | undefined;

/** What advice is based on. The graphics card is looked for once. */
export async function readMachine(folder: string): Promise<CatalogueMachine> {
  const gpu = await (card ??= findCard());
  const freeDisk = await freeDiskBytes(folder);
  return {
    memoryBytes: memoryBytes(),
    freeMemoryBytes: Math.min(memoryBytes(), typeof process.availableMemory === 'function' ? process.availableMemory() : freemem()),
    ...(gpu ? { gpu } : {}),
    folder,
    ...(freeDisk === undefined ? {} : { freeDiskBytes: freeDisk }),
  };
}

/** What this process may use: a container allows less than the machine has. */
function memoryBytes(): number {
  const allowed = process.constrainedMemory();
  return allowed > 0 && allowed < totalmem() ? allowed : totalmem();
}

async function findCard(): Promise<CatalogueMachine['gpu']> {
  if (process.platform === 'darwin' && process.arch === 'arm64') {
    return { name: 'Apple', memoryBytes: Math.floor(totalmem() * sharedFraction) };
  }
  const cards = (await Promise.all([nvidiaCards(askMs), amdCards()])).flat().map(({ name, memoryBytes }) => ({ name, memoryBytes }));
  return cards.sort((a, b) => b.memoryBytes - a.memoryBytes)[0];
}

async function amdCards(folder = '/sys/class/drm'): Promise<NonNullable<CatalogueMachine['gpu']>[]> {
  const names = process.platform === 'linux' ? await readdir(folder).catch(() => []) : [];
  const sizes = names
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => readFile(join(folder, name, 'device', 'mem_info_vram_total'), 'utf8').catch(() => ''));
  return (await Promise.all(sizes)).flatMap((text) => (/^\d{1,15}\s*$/.test(text) ? [{ name: 'AMD', memoryBytes: Number(text) }] : []));
}
