import { readFile } from 'node:fs/promises';
import { nvidiaCards } from '../common/nvidiaCards.js';
import type { PackListResult } from '../protocol/index.js';

const askMs = 10_000;

type Card = NonNullable<PackListResult['card']>;

/** The NVIDIA card with the most memory, as its driver tells; undefined where there is no driver. */
export async function nvidiaCard(env: NodeJS.ProcessEnv = process.env): Promise<Card | undefined> {
  const [card] = await nvidiaCards(askMs, env);
  // Not every driver brings its tool along.
  return card ?? driverOfKernel();
}

async function driverOfKernel(): Promise<Card | undefined> {
  const text = process.platform === 'linux' ? await readFile('/proc/driver/nvidia/version', 'utf8').catch(() => '') : '';
  const driver = /Kernel Module\D+?(\d+\.\d[\d.]*)/.exec(text)?.[1];
  return driver === undefined ? undefined : { name: 'NVIDIA', driver };
}
