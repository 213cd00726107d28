import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../../server/common/isAlive.js';
import { silentLogger } from '../../../server/common/logger.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { SessionHost, SessionHostError } from '../../../server/vision/sessionHost.js';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import { endOf } from '../../fixtures/endOf.js';
import { goldenPixels, makeTinyModel, removeTemporaryFolders, tinyEncoderFile } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

const cpu = { executionProvider: 'cpu', threads: 1, logger: silentLogger };

/** Bundles a program as the product is bundled, with the package left outside, and starts it. */
async function startBundled(contents: string, name: string): Promise<ChildProcess> {
  // Beside the repository's node_modules, where a bundle finds its packages.
  const outfile = join(process.cwd(), 'node_modules', '.cache', 'videochat-test', `${name}.mjs`);
  const stdin = { contents, resolveDir: process.cwd(), loader: 'ts' } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('SessionHost', () => {
  it('tells the providers of this build', async () => {
    const host = new SessionHost(silentLogger);
    expect(await host.request('backends', {}, 60_000)).toContainEqual({ name: 'cpu', bundled: true });
    await host.dispose();
  });

  it('is ended when it does not answer in time, and then refuses at once', async () => {
    const host = new SessionHost(silentLogger);
    const pid = host.processId ?? 0;
    const late = host.request('backends', {}, 1);
    await expect(late).rejects.toThrow('gave no answer');
    await expect(host.request('backends', {}, 60_000)).rejects.toBeInstanceOf(SessionHostError);
    expect(host.processId).toBeUndefined();
    expect(await endOf(pid)).toBe(true);
  });

  it('survives a request that fails', async () => {
    const host = new SessionHost(silentLogger);
    const load = host.request('load', { model: '/no/such/file.onnx', provider: 'cpu', threads: 1 }, 60_000);
    await expect(load).rejects.toMatchObject({ kind: 'refused' });
    expect(await host.request('backends', {}, 60_000)).not.toHaveLength(0);
    await host.dispose();
  });
});

describe.skipIf(process.platform === 'win32')('an encoder whose process dies', () => {
  it('while idle: the next request opens it again', async () => {
    const encoder = await VisionEncoder.load({ ...(await makeTinyModel()), ...cpu });
    const expected = await encoder.encode(goldenPixels(1), 1);
    const pid = encoder.processId ?? 0;
    process.kill(pid, 'SIGKILL');
    expect(await endOf(pid)).toBe(true);
    await sleep(50);
    expect(await encoder.encode(goldenPixels(1), 1)).toEqual(expected);
    expect(encoder.processId).not.toBe(pid);
    await encoder.dispose();
  });

  it('while it works: a typed error, and the next request works', async () => {
    const encoder = await VisionEncoder.load({ ...(await makeTinyModel()), ...cpu });
    const pid = encoder.processId ?? 0;
    process.kill(pid, 'SIGSTOP');
    const work = encoder.encode(goldenPixels(1), 1);
    const behind = encoder.encode(goldenPixels(1), 1);
    setTimeout(() => process.kill(pid, 'SIGKILL'), 100);
    await expect(work).rejects.toMatchObject({ code: ErrorCode.ModelLoadFailed });
    expect((await behind).rows).toBe(96);
    await encoder.dispose();
  });

  it('is killed when a cancelled run does not end, and opened again', async () => {
    const { CancellationTokenSource } = await import('vscode-jsonrpc/node');
    const encoder = await VisionEncoder.load({ ...(await makeTinyModel()), ...cpu });
    const pid = encoder.processId ?? 0;
    process.kill(pid, 'SIGSTOP');
    const source = new CancellationTokenSource();
    const work = encoder.encode(goldenPixels(1), 1, source.token);
    const behind = encoder.encode(goldenPixels(1), 1);
    setTimeout(() => source.cancel(), 50);
    await expect(work).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect((await behind).rows).toBe(96);
    expect(isAlive(pid)).toBe(false);
    await encoder.dispose();
  });
});

describe.skipIf(process.platform === 'win32')('from a bundle', () => {
  const load = `
    import { VisionEncoder } from './server/vision/visionEncoder.ts';
    import { makeTinyModel, goldenPixels } from './test/fixtures/tinyEncoder.ts';
    const model = await makeTinyModel(${JSON.stringify(tinyEncoderFile('.'))});
    const encoder = await VisionEncoder.load({ ...model, executionProvider: 'cpu', threads: 1, logger: { log() {} } });
    const { rows } = await encoder.encode(goldenPixels(3), 3);
    console.log(JSON.stringify({ rows, pid: encoder.processId }));`;

  async function firstLine(child: ChildProcess): Promise<{ rows: number; pid: number }> {
    const [data] = (await once(child.stdout!, 'data')) as [Buffer];
    return JSON.parse(data.toString()) as { rows: number; pid: number };
  }

  it('works, and an idle encoder keeps no program from ending', async () => {
    const child = await startBundled(load, 'ends');
    const ended = once(child, 'exit');
    const { rows, pid } = await firstLine(child);
    expect(rows).toBe(96);
    expect(await ended).toEqual([0, null]);
    expect(await endOf(pid)).toBe(true);
  });

  it('leaves no process behind when the program is killed', async () => {
    const child = await startBundled(`${load} setInterval(() => {}, 1000);`, 'killed');
    const { pid } = await firstLine(child);
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    expect(await endOf(pid)).toBe(true);
  });
});
