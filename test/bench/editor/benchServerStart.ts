import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BenchResult } from '../../../server/bench/benchResult.js';
import { median, timeOnce } from '../../../server/bench/measure.js';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { shortFolder } from '../../e2e/support/folders.js';

const runs = 7;

/** From the start of the packaged server's process to the end of the handshake. */
export async function benchServerStart(extension: string): Promise<BenchResult> {
  const folder = shortFolder();
  const serverPath = path.join(extension, 'dist', 'server.mjs');
  const cold: number[] = [];
  const warm: number[] = [];
  let dropped = true;
  for (let run = 0; run < runs; run++) {
    const cacheFolder = await mkdtemp(path.join(folder, 'cache-'));
    dropped = (await dropFromMemory(path.dirname(serverPath))) && dropped;
    cold.push(await start(serverPath, cacheFolder));
    warm.push(await start(serverPath, cacheFolder));
  }
  const empty = await emptyProcess(folder);
  await rm(folder, { recursive: true, force: true });
  return {
    name: 'start of the server to the end of the handshake, against a Node process that only says hello',
    ratio: empty / median(warm),
    numbers: [
      { label: dropped ? 'first start (its files dropped from memory)' : 'first start', value: median(cold), unit: 'ms' },
      { label: 'second start', value: median(warm), unit: 'ms' },
      { label: 'slowest of all', value: Math.max(...cold, ...warm), unit: 'ms' },
      { label: 'empty process', value: empty, unit: 'ms' },
    ],
  };
}

async function start(serverPath: string, cacheFolder: string): Promise<number> {
  let client: VideoChatClient | undefined;
  const milliseconds = await timeOnce(async () => {
    client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder } } });
  });
  await client?.dispose();
  return milliseconds;
}

async function emptyProcess(cwd: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    times.push(
      await timeOnce(async () => {
        const child = spawn(process.execPath, ['-e', 'process.send("hello")'], { cwd, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
        await new Promise((resolve) => child.once('message', resolve));
        child.kill();
      }),
    );
  }
  return median(times);
}

/** Makes the next reader of these files wait for the disk, where the system lets us. @returns whether it does */
async function dropFromMemory(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    return false;
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  try {
    for (const file of files) {
      await promisify(execFile)('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
    }
    return true;
  } catch {
    return false;
  }
}
