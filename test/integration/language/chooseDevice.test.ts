import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { askNodeLlamaCpp, chooseDevice } from '../../../server/language/chooseDevice.js';
import { Libllama } from '../../../server/language/libllama.js';
import { runInChild } from '../../../server/language/runInChild.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { writeTinyGguf } from '../../fixtures/tinyGguf.js';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-device-'));
  file = await writeTinyGguf(path.join(folder, 'tiny.gguf'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const request = (device: string, gpuLayers = -1) => ({
  path: file,
  device,
  gpuLayers,
  contextLength: 128,
  layers: 2,
  bytes: 1_000_000,
  width: 64,
  logger: silentLogger,
});

describe('chooseDevice', () => {
  it('takes the CPU without asking where that is wanted', async () => {
    const cpu = { flavour: 'cpu', device: 'cpu', gpuLayers: 0 };
    expect(await chooseDevice(request('cpu', 9))).toEqual(cpu);
    expect(await chooseDevice(request('auto', 0))).toEqual(cpu);
  });

  it('refuses names it does not know, and builds that are not installed', async () => {
    await expect(chooseDevice(request('abacus'))).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    const foreign = process.platform === 'darwin' ? 'cuda' : 'metal';
    await expect(chooseDevice(request(foreign))).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable });
    expect(Libllama.current).toBeUndefined();
  });

  it('hears from node-llama-cpp what works, in another process', async () => {
    expect(await askNodeLlamaCpp(request('cpu'), false)).toEqual({ gpu: 'cpu', gpuLayers: 0 });
    const absent = { ...request('auto'), path: path.join(folder, 'absent.gguf') };
    const advice = await askNodeLlamaCpp(absent, 'auto').catch((error: unknown) => error);
    expect(advice instanceof Error || (advice as { gpu: string }).gpu === 'cpu').toBe(true);
  });
});

describe('runInChild', () => {
  const answer = 'const { input, marker } = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));';

  it('answers with what the script says, whatever else is printed, even if the process then crashes', async () => {
    const script = `${answer} console.log("noise"); console.log(marker + JSON.stringify(input * 2)); process.abort();`;
    expect(await runInChild(script, 21, 60_000)).toBe(42);
  });

  it('tells how a process ended without an answer', async () => {
    await expect(runInChild('process.abort()', null, 60_000)).rejects.toThrow(/ended with (SIGABRT|code)/);
    await expect(runInChild('console.error("no driver"); process.exit(3)', null, 60_000)).rejects.toThrow(
      /code 3: no driver/,
    );
    await expect(runInChild('setInterval(() => {}, 1000)', null, 1_000)).rejects.toThrow(/no answer within 1 s/);
  });
});
