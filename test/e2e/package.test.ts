import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, readFile, readdir, realpath, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { VideoChatClient } from '../../server/client/videoChatClient.js';
import {
  ChatCreateRequest,
  ChatSendRequest,
  ErrorCode,
  ModelListRequest,
  ServerStatusRequest,
  VideoOpenRequest,
} from '../../server/protocol/index.js';
import { addFfmpeg } from '../../server/setup/packaging/addFfmpeg.mjs';
import { checkPackage, limits } from '../../server/setup/packaging/checkPackage.mjs';
import { ownTarget, targets } from '../../server/setup/packaging/targets.mjs';
import { zipEntries } from '../../server/setup/packaging/zipEntries.mjs';
import { findFfmpeg } from '../../server/video/findFfmpeg.js';
import { describePackage } from './support/browserTests.js';
import { packagedExtension } from './support/browserTools.js';
import { repository, shortFolder } from './support/folders.js';

/** The package's files, elsewhere on the disk. */
async function unpack(): Promise<string> {
  const folder = shortFolder();
  const extract = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])';
  await promisify(execFile)('python3', ['-c', extract, packagedExtension(), folder]).catch(() =>
    promisify(execFile)('tar', ['-xf', packagedExtension(), '-C', folder]),
  );
  return path.join(folder, 'extension');
}

/** Names and versions of the npm packages whose code goes into the bundles, by what esbuild reads for them. */
async function bundledPackages(native: string[]): Promise<string[]> {
  const pages = (await readdir(path.join(repository, 'webview'))).map((page) => path.join('webview', page, 'main.ts'));
  const read = async (entryPoints: string[], platform: 'node' | 'browser'): Promise<string[]> => {
    const { metafile } = await build({
      absWorkingDir: repository,
      entryPoints,
      platform,
      outdir: 'unwritten',
      ...{ bundle: true, write: false, metafile: true, format: 'esm', logLevel: 'silent' },
      external: [...native, 'vscode', 'ffmpeg-static'],
    });
    const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
    return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([input]) => input);
  };
  const used = [
    ...(await read(['server/main.ts', 'extension/main.ts'], 'node')),
    ...(await read(pages.filter((page) => existsSync(path.join(repository, page))), 'browser')),
  ];
  const folders = used.map((input) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter((folder) => folder !== undefined);
  return Promise.all([...new Set(folders)].map((folder) => nameAndVersion(path.join(repository, folder))));
}

async function nameAndVersion(folder: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  return `${name} ${version}`;
}

/** The packages in a folder called node_modules. */
async function packagesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => path.basename(name) === 'package.json');
  return names.map((name) => path.dirname(name)).filter((name) => /^(@[^/\\]+[/\\])?[^/\\]+$/.test(name));
}

/** What a bundle imports by name. */
function importsOf(text: string): string[] {
  const statements = text.matchAll(/(?:^|[;\n}])import\b[^;'"()]*["']([^'"]+)["']|\brequire\(["']([^'"]+)["']\)/g);
  return [...statements].map((match) => match[1] ?? match[2] ?? '');
}

/** Files that a process and its children have mapped, on systems that tell. */
function mappedFiles(processId: number): string[] {
  const own = `/proc/${processId}`;
  if (!existsSync(own)) {
    return [];
  }
  const files = readFileSync(`${own}/maps`, 'utf8').split('\n').map((line) => line.slice(line.indexOf('/')));
  const children = readFileSync(`${own}/task/${processId}/children`, 'utf8').split(' ').filter(Boolean);
  return [...new Set([...files, ...children.flatMap((child) => mappedFiles(Number(child)))])];
}

describePackage('the package', () => {
  let extension: string;
  const servers: ChildProcess[] = [];
  beforeAll(async () => {
    extension = await unpack();
  });
  afterAll(() => {
    servers.forEach((server) => server.kill());
  });

  /** The server of the package, with nothing of this process's surroundings but where programs are. */
  async function start(programs = process.env['PATH'], settings = {}): Promise<{ client: VideoChatClient; processId: number }> {
    const server = spawn(process.execPath, [path.join(extension, 'dist', 'server.mjs'), '--stdio'], {
      cwd: extension,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: programs },
    });
    servers.push(server);
    const client = await VideoChatClient.connect(new StreamMessageReader(server.stdout), new StreamMessageWriter(server.stdin), {
      initialize: { settings: { cacheFolder: shortFolder(), executionProvider: 'cpu', languageDevice: 'cpu', threads: 1, ...settings } },
    });
    return { client, processId: server.pid ?? 0 };
  }
  const sample = (): string => path.join(extension, 'models', 'videochat-mini', 'sample.mp4');

  it('holds what is on the list, and is small', async () => {
    const target = targets[ownTarget] as NonNullable<(typeof targets)[string]>;
    const { size } = await stat(packagedExtension());
    expect(checkPackage(await zipEntries(packagedExtension()), size, target)).toEqual([]);
    expect(size).toBeLessThanOrEqual(limits.bytes);
  });

  it('has bundles that need nothing from outside but native packages and the editor', async () => {
    const native = await readdir(path.join(extension, 'dist', 'node_modules'));
    // Ajv, inside the tools for agents, has these only as texts, for code that it would write.
    const known = new Set([...builtinModules, ...native, 'vscode', 'ffmpeg-static', 'ajv', 'ajv-formats']);
    const bundles = (await readdir(path.join(extension, 'dist'))).filter((name) => /\.[cm]js$/.test(name));
    expect(bundles).toContain('server.mjs');
    for (const name of bundles) {
      const imports = importsOf(await readFile(path.join(extension, 'dist', name), 'utf8'));
      expect(imports.filter((each) => !/^(node:|\.\/)/.test(each) && !known.has(each.split('/')[0] ?? ''))).toEqual([]);
    }
  });

  it('keeps the extension light', async () => {
    const files = (await readdir(path.join(extension, 'dist'))).filter((name) => name.endsWith('.cjs'));
    const bytes = await Promise.all(files.map(async (name) => (await stat(path.join(extension, 'dist', name))).size));
    expect(files).toEqual(expect.arrayContaining(['extension.cjs', 'onDemand.cjs']));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(300 * 1024);
  });

  it('answers a question in another folder, with nothing of the checkout', async () => {
    const { client, processId } = await start();
    const { models } = await client.request(ModelListRequest, {});
    expect(models.map(({ id, problem }) => ({ id, problem }))).toEqual([{ id: 'videochat-mini', problem: undefined }]);
    const { videoId } = await client.request(VideoOpenRequest, { path: sample() });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: 'videochat-mini' });
    const { text } = await client.request(ChatSendRequest, { chatId, text: 'What is the color of the square?' });
    expect(text).toMatch(/blue/i);
    const mapped = mappedFiles(processId);
    expect(mapped.filter((file) => file.startsWith(repository))).toEqual([]);
    if (process.platform === 'linux') {
      expect(mapped.filter((file) => file.startsWith(extension) && /(koffi\.node|libllama.*|libonnxruntime.*)$/.test(file))).toHaveLength(3);
    }
    await client.dispose();
  });
  it('names nothing of the checkout', async () => {
    const files = (await readdir(extension, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(50);
    for (const { parentPath, name } of files) {
      expect((await readFile(path.join(parentPath, name))).includes(path.resolve(repository)), name).toBe(false);
    }
  });

  it('gives the notices of all that is inside', async () => {
    const notices = await readFile(path.join(extension, 'THIRD-PARTY.txt'), 'utf8');
    const modules = path.join(extension, 'dist', 'node_modules');
    const native = await packagesIn(modules);
    expect(native).toEqual(expect.arrayContaining(['koffi', 'onnxruntime-node', 'node-llama-cpp']));
    const shipped = await Promise.all(native.map((name) => nameAndVersion(path.join(modules, name))));
    const bundled = await bundledPackages(native);
    expect(bundled.map((each) => each.split(' ')[0])).toEqual(expect.arrayContaining(['lit-html', 'markdown-it', 'zod', 'vscode-jsonrpc']));
    expect([...shipped, ...bundled].filter((each) => !notices.includes(`\n${each} (`))).toEqual([]);
  });

  it('takes the ffmpeg inside before one on PATH, and the setting before both', async () => {
    const machine = await findFfmpeg();
    const [pair, broken] = [shortFolder(), shortFolder()];
    for (const name of ['ffmpeg', 'ffprobe'] as const) {
      await copyFile(await realpath(machine[name]), path.join(pair, path.basename(machine[name])));
      await writeFile(path.join(broken, name), '#!/bin/sh\nexit 1\n');
      await chmod(path.join(broken, name), 0o755);
    }
    await writeFile(path.join(pair, 'LICENSE'), 'The text of its licence.');
    await writeFile(path.join(pair, 'SOURCE.txt'), 'Where its source code is.');
    const inside = path.join(extension, 'dist', 'ffmpeg');
    await addFfmpeg(pair, inside, targets[ownTarget] as NonNullable<(typeof targets)[string]>);

    const { client } = await start(broken);
    await client.request(VideoOpenRequest, { path: sample() });
    const { ffmpeg } = await client.request(ServerStatusRequest, {});
    expect(ffmpeg?.path).toBe(path.join(inside, path.basename(machine.ffmpeg)));
    await client.dispose();

    const other = await start(broken, { ffmpegPath: path.join(broken, 'ffmpeg') });
    await expect(other.client.request(VideoOpenRequest, { path: sample() })).rejects.toMatchObject({ code: ErrorCode.FfmpegMissing });
    await other.client.dispose();
  });
});
