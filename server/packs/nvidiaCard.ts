import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { PackListResult } from '../protocol/index.js';

const run = promisify(execFile);
const askMs = 10_000;

type Card = NonNullable<PackListResult['card']>;

/** The NVIDIA card with the most memory, as its driver tells; undefined where there is no driver. */
export async function nvidiaCard(env: NodeJS.ProcessEnv = process.env): Promise<Card | undefined> {
  try {
    const { stdout } = await run('nvidia-smi', ['--query-gpu=driver_version,memory.total,name', '--format=csv,noheader,nounits'], { env, timeout: askMs, windowsHide: true });
    const cards = parseCards(stdout);
    if (cards[0]) {
      return cards[0];
    }
  } catch {
    // Not every driver brings its tool along.
  }
  return driverOfKernel();
}

/** Lines `580.65.06, 24564, NVIDIA GeForce RTX 4090`, memory in MiB; the largest first. */
export function parseCards(text: string): Card[] {
  const cards = text.split('\n').flatMap((line) => {
    const match = /^\s*(\d[\d.]{1,20})\s*,\s*(\d{1,8})\s*,\s*(.{1,200}?)\s*$/.exec(line);
    return match ? [{ driver: match[1] ?? '', memoryBytes: Number(match[2]) * 1024 ** 2, name: match[3] ?? '' }] : [];
  });
  return cards.sort((a, b) => b.memoryBytes - a.memoryBytes);
}

async function driverOfKernel(): Promise<Card | undefined> {
  const text = process.platform === 'linux' ? await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '') : '';
  const driver = /Kernel Module\D+?(\d+\.\d[\d.]*)/.exec(text)?.[1];
  return driver === undefined ? undefined : { name: 'NVIDIA', driver };
}
