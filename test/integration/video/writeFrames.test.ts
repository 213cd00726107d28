import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { decodeFrames } from '../../../server/video/decodeFrames.js';
import { type FfmpegTools, findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { planFrames } from '../../../server/video/planFrames.js';
import { preprocessFrames } from '../../../server/video/preprocessFrames.js';
import { probeVideo } from '../../../server/video/probeVideo.js';
import { runTool } from '../../../server/video/runTool.js';
import { writeFrames } from '../../../server/video/writeFrames.js';
import { makeClip, temporaryFolder } from '../../media/makeClip.js';

let tools: FfmpegTools;
beforeAll(async () => {
  tools = await findFfmpeg();
});

describe('writeFrames', () => {
  it('writes the exact frames, named in plan order, repeats included', async () => {
    const video = await probeVideo(await makeClip({ name: 'rotated90' }), tools);
    const outFolder = join(await temporaryFolder(), 'new %d', 'folder');
    const plan = { indices: [20, 3, 20], seconds: [0.8, 0.12, 0.8] };
    const paths = await writeFrames(video, plan, tools, { outFolder });
    const names = ['000_f00020_0.800s.png', '001_f00003_0.120s.png', '002_f00020_0.800s.png'];
    expect(paths).toEqual(names.map((name) => join(outFolder, name)));
    expect((await readdir(outFolder)).sort()).toEqual(names);
    const decoded = await decodeFrames(video, plan.indices, tools);
    for (const [i, path] of paths.entries()) {
      const picture = await probeVideo(path, tools);
      const [pixels] = await decodeFrames(picture, [0], tools);
      expect(pixels).toEqual(decoded[i]);
    }
  });

  it('scales down to the longest side and writes JPEG', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const plan = await planFrames(video, 'middle:3');
    const outFolder = await temporaryFolder();
    const paths = await writeFrames(video, plan, tools, { outFolder, format: 'jpeg', maxSide: 40 });
    expect(paths.map((path) => path.slice(-4))).toEqual(['.jpg', '.jpg', '.jpg']);
    expect((await probeVideo(paths[1] ?? '', tools)).facts).toMatchObject({ width: 40, height: 30, codec: 'mjpeg' });
  });

  it('leaves nothing behind when cancelled or when the folder cannot be made', async () => {
    const video = await probeVideo(await makeClip({ name: 'plain' }), tools);
    const plan = await planFrames(video, 'videochat:8');
    const outFolder = await temporaryFolder();
    const source = new CancellationTokenSource();
    const writing = writeFrames(video, plan, tools, { outFolder, token: source.token, onFrame: () => source.cancel() });
    await expect(writing).rejects.toMatchObject({ code: -32800 });
    expect(await readdir(outFolder)).toEqual([]);
    await writeFile(join(outFolder, 'file'), '');
    await expect(writeFrames(video, plan, tools, { outFolder: join(outFolder, 'file') })).rejects.toMatchObject({ code: 209 });
  });
});

describe('runTool', () => {
  const node = (script: string) => ({ command: process.execPath, args: ['-e', script], maxOutputBytes: 1000 });

  it('ends a program that hangs, even one that ignores the polite signal', async () => {
    const run = runTool({ ...node('process.on("SIGTERM",()=>{});setInterval(()=>{},1000);console.log(1)'), timeoutSeconds: 5 });
    await expect(run).rejects.toMatchObject({ code: 209 });
    await expect(runTool({ ...node('setInterval(()=>{},1000)'), timeoutSeconds: 500, idleSeconds: 1 })).rejects.toMatchObject({ code: 209 });
  });

  it('ends a program that says too much', async () => {
    await expect(runTool({ ...node('setInterval(()=>console.log("x".repeat(400)),1)'), timeoutSeconds: 100 })).rejects.toMatchObject({ code: 209 });
  });

  it('keeps the environment to itself', async () => {
    vi.stubEnv('SECRET_TOKEN', 'x');
    const { output } = await runTool({ ...node('console.log(process.env.SECRET_TOKEN)'), timeoutSeconds: 100 });
    vi.unstubAllEnvs();
    expect(output.toString().trim()).toBe('undefined');
  });
});

describe.skipIf(process.platform === 'win32')('findFfmpeg', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes the setting first, a program or its folder, and does not fall back when it is wrong', async () => {
    const folder = await temporaryFolder();
    await symlink(tools.ffmpeg, join(folder, 'ffmpeg'));
    await symlink(tools.ffprobe, join(folder, 'ffprobe'));
    expect(await findFfmpeg(folder)).toEqual({ ffmpeg: join(folder, 'ffmpeg'), ffprobe: join(folder, 'ffprobe'), version: tools.version });
    vi.stubEnv('VIDEOCHAT_FFMPEG', join(folder, 'ffmpeg'));
    expect((await findFfmpeg()).ffmpeg).toBe(join(folder, 'ffmpeg'));
    await expect(findFfmpeg(join(folder, 'nothing'))).rejects.toMatchObject({ code: 208, data: { subject: join(folder, 'nothing') } });
  });

  it('says what to install when there is none', async () => {
    const empty = await temporaryFolder();
    vi.stubEnv('VIDEOCHAT_FFMPEG', '');
    vi.stubEnv('PATH', `${empty}:relative/folder`);
    const error: unknown = await findFfmpeg().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 208 });
    expect((error as { data: { hint: string } }).data.hint).toMatch(/install.*VIDEOCHAT_FFMPEG/);
  });

  it('refuses a program that is not ffmpeg, and an ffmpeg without ffprobe', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'ffmpeg'), '#!/bin/sh\necho hello\n');
    await chmod(join(folder, 'ffmpeg'), 0o755);
    await symlink(tools.ffprobe, join(folder, 'ffprobe'));
    await expect(findFfmpeg(folder)).rejects.toMatchObject({ code: 208 });
    const alone = await temporaryFolder();
    await symlink(tools.ffmpeg, join(alone, 'ffmpeg'));
    vi.stubEnv('PATH', alone);
    await expect(findFfmpeg(alone)).rejects.toMatchObject({ code: 208, message: expect.stringMatching(/no ffprobe/) as string });
  });
});

describe('the built preprocessing worker', () => {
  it('gives what the function gives', async () => {
    const folder = await temporaryFolder();
    const server = new URL('../../../server/video/', import.meta.url);
    await build({
      entryPoints: [new URL('preprocessFrames.ts', server).pathname, new URL('preprocessWorker.ts', server).pathname],
      bundle: true, platform: 'node', format: 'esm', outdir: folder, outExtension: { '.js': '.mjs' }, logLevel: 'error',
      // CommonJS packages in the bundle ask for it.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    expect(await readFile(join(folder, 'preprocessWorker.mjs'), 'utf8')).toContain('parentPort');
    // Run by a plain node: the thread must end with the program, and print nothing.
    const script = `
      const { preprocessFrames } = await import(${JSON.stringify(pathToFileURL(join(folder, 'preprocessFrames.mjs')).href)});
      const data = Uint8Array.from({ length: 50 * 30 * 3 }, (_, i) => (i * i) % 251);
      const spec = { width: 12, height: 12, fit: 'shorterSideCrop', mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] };
      const pixels = await preprocessFrames([{ width: 50, height: 30, data }, { width: 50, height: 30, data }], spec);
      console.log(JSON.stringify([data.length, ...pixels]));`;
    await mkdir(join(folder, 'run'));
    await writeFile(join(folder, 'run', 'run.mjs'), script);
    const { output, exitCode, errorText } = await runTool({
      command: process.execPath, args: [join(folder, 'run', 'run.mjs')], timeoutSeconds: 100, maxOutputBytes: 1 << 20,
    });
    expect({ exitCode, errorText }).toEqual({ exitCode: 0, errorText: '' });
    const data = Uint8Array.from({ length: 50 * 30 * 3 }, (_, i) => (i * i) % 251);
    const frame = { width: 50, height: 30, data };
    const here = await preprocessFrames([frame, frame], { width: 12, height: 12, fit: 'shorterSideCrop', mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] });
    expect(JSON.parse(output.toString())).toEqual([data.length, ...here]);
  });
});
