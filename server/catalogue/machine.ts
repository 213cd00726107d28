import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { totalmem, freemem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeDiskBytes } from '../hub/diskSpace.js';
import type { CatalogueMachine } from '../protocol/index.js';

const run = promisify(execFile);
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
  const cards = (await Promise.all([nvidiaCards(), amdCards()])).flat();
  return cards.sort((a, b) => b.memoryBytes - a.memoryBytes)[0];
}

async function nvidiaCards(): Promise<NonNullable<CatalogueMachine['gpu']>[]> {
  try {
    const { stdout } = await run('nvidia-smi', ['--query-gpu=memory.total,name', '--format=csv,noheader,nounits'], { timeout: askMs, windowsHide: true });
    return parseNvidia(stdout);
  } catch {
    return [];
  }
}

/** Lines `24564, NVIDIA GeForce RTX 4090`, in MiB. */
export function parseNvidia(text: string): NonNullable<CatalogueMachine['gpu']>[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d{1,8})\s*,\s*(.{1,200}?)\s*$/.exec(line);
    return match ? [{ name: match[2] ?? '', memoryBytes: Number(match[1]) * 1024 ** 2 }] : [];
  });
}

async function amdCards(folder = '/sys/class/drm'): Promise<NonNullable<CatalogueMachine['gpu']>[]> {
  const names = process.platform === 'linux' ? await readdir(folder).catch(() => []) : [];
  const sizes = names
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => readFile(join(folder, name, 'device', 'mem_info_vram_total'), 'utf8').catch(() => ''));
  return (await Promise.all(sizes)).flatMap((text) => (/^\d{1,15}\s*$/.test(text) ? [{ name: 'AMD', memoryBytes: Number(text) }] : []));
}
