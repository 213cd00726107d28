import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface NvidiaCard {
  name: string;
  /** E.g. `580.65.06`. */
  driver: string;
  memoryBytes: number;
}

/** The cards that NVIDIA's driver tells of by its own tool, the one with the most memory first; none where there is no tool. */
export async function nvidiaCards(timeoutMs: number, env: NodeJS.ProcessEnv = process.env): Promise<NvidiaCard[]> {
  try {
    const query = ['--query-gpu=driver_version,memory.total,name', '--format=csv,noheader,nounits'];
    const { stdout } = await promisify(execFile)('nvidia-smi', query, { env, timeout: timeoutMs, windowsHide: true });
    return parseCards(stdout);
  } catch {
    return [];
  }
}

/** Lines `580.65.06, 24564, NVIDIA GeForce RTX 4090`, memory in MiB; the largest first. */
export function parseCards(text: string): NvidiaCard[] {
  const cards = text.split('\n').flatMap((line) => {
    const match = /^\s*(\d[\d.]{1,20})\s*,\s*(\d{1,8})\s*,\s*(.{1,200}?)\s*$/.exec(line);
    return match ? [{ driver: match[1] ?? '', memoryBytes: Number(match[2]) * 1024 ** 2, name: match[3] ?? '' }] : [];
  });
  return cards.sort((a, b) => b.memoryBytes - a.memoryBytes);
}
