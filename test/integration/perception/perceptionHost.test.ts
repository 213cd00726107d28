import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { isAlive } from '../../../server/common/isAlive.js';
import type { RgbFrame } from '../../../server/perception/perception.js';
import { PerceptionHost } from '../../../server/perception/perceptionHost.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { endOf } from '../../fixtures/endOf.js';
import { builtPerceptionProgram, drawnText, perceptionFixture, pictureOf, soundOf } from '../../fixtures/perceptionModels.js';

const crashing = fileURLToPath(new URL('../../fakes/crashingPerception.mjs', import.meta.url));
const marked = (first: number): RgbFrame => ({ width: 2, height: 2, data: new Uint8Array(12).fill(first) });
const unavailable = { code: ErrorCode.PerceptionUnavailable };

let program: string;
let folder: string;
let host: PerceptionHost | undefined;
const logged: string[] = [];
beforeAll(async () => {
  program = await builtPerceptionProgram();
  folder = await mkdtemp(join(tmpdir(), 'videochat-perception-'));
});
afterEach(async () => {
  await host?.dispose();
  logged.length = 0;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open(options: { program?: string; modelFolders?: string[] } = {}): Promise<PerceptionHost> {
  const logger = { log: (level: string, message: string) => void (level !== 'debug' && logged.push(`${level}: ${message}`)) };
  host = await PerceptionHost.open({ modelFolders: [], threads: 1, logger, program, ...options });
  return host;
}

describe('PerceptionHost with the shipped models', () => {
  it('sees objects, texts, faces and poses in one go, and only what was asked for', async () => {
    const eyes = await open();
    expect(eyes.models().map(({ id }) => id).sort()).toEqual(['blazeface', 'movenet-lightning', 'nanodet', 'pp-ocrv4', 'silero-vad']);
    expect(eyes.processId).toBeUndefined();
    const street = await pictureOf(['-i', perceptionFixture('campus.jpg')], 768, 576, `drawtext=text='Level Crossing':fontsize=40:fontcolor=white:box=1:boxcolor=black:x=40:y=20`);
    const sights = await eyes.look(street, ['objects', 'texts', 'faces', 'poses']);
    expect(sights.objects?.filter(({ label }) => label === 'person').length).toBeGreaterThanOrEqual(3);
    expect(sights.texts?.map(({ text }) => text.replace(/\s/g, ''))).toContain('LevelCrossing');
    expect(sights.faces).toEqual([]);
    expect(sights.poses?.length).toBeGreaterThanOrEqual(3);
    expect(sights.poses?.[0]?.keypoints).toHaveLength(51);
    expect(Object.keys(await eyes.look(street, ['poses']))).toEqual(['poses']);
    expect(Object.keys(await eyes.look(street, ['texts']))).toEqual(['texts']);
  });

  it('hears two clips at once without mixing them up', async () => {
    const eyes = await open();
    const speech = await soundOf(['-i', perceptionFixture('speech.flac')]);
    const [one, other] = [eyes.listen(), eyes.listen()];
    const half = speech.length >> 1;
    const heard = await Promise.all([one.hear(speech.slice(0, half)), other.hear(new Float32Array(half)), one.hear(speech.slice(half)), other.hear(new Float32Array(half))]);
    const [first, , second] = heard;
    const whole = await eyes.listen().hear(speech);
    expect([...first, ...second].map((p) => p.toFixed(3))).toEqual([...whole].map((p) => p.toFixed(3)));
    expect(whole.filter((p) => p > 0.5).length).toBeGreaterThan(whole.length / 2);
    expect(Math.max(...heard[1], ...heard[3])).toBeLessThan(0.5);
  });

  it('works while it is killed: the frame is looked at again', async () => {
    const eyes = await open();
    const text = await drawnText([{ text: 'still here', size: 40, x: 40, y: 60 }]);
    await eyes.look(text, ['texts']);
    const pid = eyes.processId ?? 0;
    process.kill(pid, 'SIGSTOP');
    const again = eyes.look(text, ['texts']);
    setTimeout(() => process.kill(pid, 'SIGKILL'), 100);
    expect((await again).texts?.map((line) => line.text.replace(/\s/g, ''))).toEqual(['stillhere']);
    expect(eyes.processId).not.toBe(pid);
    expect(logged).toEqual([expect.stringMatching(/^warn: .*look texts.*SIGKILL/)]);
  });

  it('tells what memory its process takes while there is one', async () => {
    const eyes = await open();
    expect(eyes.memory()).toBeUndefined();
    await eyes.look(marked(9), ['faces']);
    await expect.poll(() => eyes.memory()?.residentBytes, { timeout: 20_000 }).toBeGreaterThan(20 * 2 ** 20);
    expect(eyes.memory()?.peakResidentBytes).toBeGreaterThan(20 * 2 ** 20);
    await eyes.dispose();
    expect(eyes.memory()).toBeUndefined();
  });

  it('refuses what is no picture', async () => {
    const eyes = await open();
    await expect(eyes.look({ width: 4, height: 4, data: new Uint8Array(3) }, ['faces'])).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    expect(eyes.processId).toBeUndefined();
  });
});

describe('a model folder of one’s own', () => {
  const shipped = join(process.cwd(), 'models', 'perception');

  async function copied(change: (weights: Buffer, manifest: string) => [Buffer, string]): Promise<string> {
    const own = await mkdtemp(join(folder, 'own-'));
    const model = join(own, 'perception', 'faces');
    await mkdir(model, { recursive: true });
    const [weights, manifest] = change(await readFile(join(shipped, 'blazeface', 'blazeface.onnx')), await readFile(join(shipped, 'blazeface', 'manifest.json'), 'utf8'));
    await writeFile(join(model, 'blazeface.onnx'), weights);
    await writeFile(join(model, 'manifest.json'), manifest);
    await copyFile(join(shipped, 'blazeface', 'LICENSE'), join(model, 'LICENSE'));
    return own;
  }

  it('goes before the shipped one', async () => {
    const own = await copied((weights, manifest) => [weights, manifest.replace('"blazeface"', '"my-faces"')]);
    const eyes = await open({ modelFolders: [own] });
    expect(eyes.models().filter(({ kinds }) => kinds.includes('faces')).map(({ id }) => id)).toEqual(['my-faces']);
    expect(await eyes.look(marked(9), ['faces'])).toEqual({ faces: [] });
  });

  it('with changed weights is not opened', async () => {
    const own = await copied((weights, manifest) => [Buffer.from(weights.map((byte, i) => (i === 5_000 ? byte ^ 1 : byte))), manifest]);
    const eyes = await open({ modelFolders: [own] });
    expect(eyes.isAvailable('faces')).toBe(true);
    await expect(eyes.look(marked(9), ['faces'])).rejects.toMatchObject({ ...unavailable, message: expect.stringMatching(/blazeface\.onnx.*SHA-256 differs/) });
  });

  it.each<[string, (weights: Buffer, manifest: string) => [Buffer, string], RegExp]>([
    ['cut weights', (weights, manifest) => [weights.subarray(0, 1_000), manifest], /has 1000 bytes instead of 578423/],
    ['a broken manifest', (weights) => [weights, '{'], /cannot be used/],
    ['a path that leads out', (weights, manifest) => [weights, manifest.replace('"blazeface.onnx"', '"../blazeface.onnx"')], /path/],
    ['a package that is not there', (weights, manifest) => [weights, manifest.replace('"path": "blazeface.onnx"', '"path": "a", "package": "no-such-package"')], /no-such-package is not installed/],
  ])('with %s is passed over for the shipped one', async (_, change, reason) => {
    const eyes = await open({ modelFolders: [await copied(change)] });
    expect(logged).toEqual([expect.stringMatching(reason)]);
    expect(eyes.models().map(({ id }) => id)).toContain('blazeface');
  });
});

describe.skipIf(process.platform === 'win32')('a process that breaks', () => {
  it('twice at one frame: the frame is passed over, and that is logged', async () => {
    const eyes = await open({ program: crashing });
    expect(await eyes.look(marked(1), ['objects'])).toEqual({});
    expect(logged).toEqual([expect.stringMatching(/^warn: .*SIGKILL/), expect.stringMatching(/^error: .*SIGKILL/)]);
    const { objects } = await eyes.look(marked(0), ['objects']);
    expect(objects?.[0]?.label).toBe(String(eyes.processId));
  });

  it('at one frame after another is given up', async () => {
    const eyes = await open({ program: crashing });
    const looks = [1, 1, 1].map(() => eyes.look(marked(1), ['objects']));
    const told = await Promise.allSettled(looks);
    expect(told.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(looks[2]).rejects.toMatchObject(unavailable);
  });

  it('in the middle of a clip’s sound: what was heard before is remembered', async () => {
    const eyes = await open({ program: crashing });
    const listener = eyes.listen();
    expect([...(await listener.hear(new Float32Array(600)))]).toEqual([600]);
    const pid = eyes.processId ?? 0;
    process.kill(pid, 'SIGKILL');
    await endOf(pid);
    expect([...(await listener.hear(new Float32Array(400)))]).toEqual([1_000]);
    await expect(listener.hear(new Float32Array([1]))).rejects.toMatchObject(unavailable);
  });

  it('by what it says: a typed error, and it goes on', async () => {
    const eyes = await open({ program: crashing });
    await expect(eyes.look(marked(3), ['objects'])).rejects.toMatchObject({ ...unavailable, message: expect.stringContaining('the graph is of another model') });
    expect((await eyes.look(marked(0), ['objects'])).objects).toHaveLength(1);
  });

  it('never answers: who cancels is told at once, and those behind get a new process', async () => {
    const eyes = await open({ program: crashing });
    await eyes.look(marked(0), ['objects']);
    const pid = eyes.processId ?? 0;
    const source = cancellationSource();
    const stuck = eyes.look(marked(2), ['objects'], source.token);
    const behind = eyes.look(marked(0), ['objects']);
    await sleep(50);
    source.cancel();
    await expect(stuck).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(isAlive(pid)).toBe(true);
    expect(Number((await behind).objects?.[0]?.label)).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
  });

  it('cannot be found, or starts after the end: a typed error', async () => {
    await expect((await open({ program: join(folder, 'none.mjs') })).look(marked(0), ['objects'])).rejects.toMatchObject(unavailable);
    const eyes = await open({ program: crashing });
    await eyes.look(marked(0), ['objects']);
    const pid = eyes.processId ?? 0;
    await eyes.dispose();
    expect(isAlive(pid)).toBe(false);
    await expect(eyes.look(marked(0), ['objects'])).rejects.toMatchObject(unavailable);
  });
});

describe.skipIf(process.platform === 'win32')('the program that looks', () => {
  const code = (rest: string) => `
    import { PerceptionHost } from './server/perception/perceptionHost.ts';
    const host = await PerceptionHost.open({ modelFolders: [${JSON.stringify(join(process.cwd(), 'models'))}], threads: 1, logger: { log() {} }, program: ${JSON.stringify(crashing)} });
    await host.look({ width: 1, height: 1, data: new Uint8Array(3) }, ['objects']);
    console.log(host.processId);
    ${rest}`;

  async function start(rest: string, name: string) {
    const outfile = join(process.cwd(), 'node_modules', '.cache', 'videochat-test', `${name}.mjs`);
    await build({ stdin: { contents: code(rest), resolveDir: process.cwd(), loader: 'ts' }, outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
    const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const [data] = (await once(child.stdout, 'data')) as [Buffer];
    return { child, ended, pid: Number(data.toString()) };
  }

  it('ends although its process is still there, which ends too', async () => {
    const { ended, pid } = await start('', 'perceptionEnds');
    expect(await ended).toEqual([0, null]);
    expect(await endOf(pid)).toBe(true);
  });

  it('leaves no process behind when it is killed', async () => {
    const { child, pid } = await start('setInterval(() => {}, 1000);', 'perceptionKilled');
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    expect(await endOf(pid)).toBe(true);
  });
});
