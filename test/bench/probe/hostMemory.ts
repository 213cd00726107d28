import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { HostMemory } from './probeApi.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What this extension host holds when everything that nobody needs any more is gone. */
export async function hostMemory(): Promise<HostMemory> {
  for (let round = 0; round < 4; round++) {
    // Finalizers run between the rounds, and let go of more.
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, residentBytes: rss };
}
