import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { VideoChatClient } from '../../server/client/videoChatClient.js';
import { ChatCreateRequest, ChatSendRequest, ModelListRequest, VideoOpenRequest } from '../../server/protocol/index.js';
import { checkPackage, limits } from '../../server/setup/packaging/checkPackage.mjs';
import { ownTarget, targets } from '../../server/setup/packaging/targets.mjs';
import { zipEntries } from '../../server/setup/packaging/zipEntries.mjs';
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
  let server: ChildProcess | undefined;
  beforeAll(async () => {
    extension = await unpack();
  });
  afterAll(() => {
    server?.kill();
  });

  it('holds what is on the list, and is small', async () => {
    const target = targets[ownTarget] as NonNullable<(typeof targets)[string]>;
    const { size } = await stat(packagedExtension());
    expect(checkPackage(await zipEntries(packagedExtension()), size, target)).toEqual([]);
    expect(size).toBeLessThanOrEqual(limits.bytes);
  });

  it('has bundles that need nothing from outside but native packages and the editor', async () => {
    const native = await readdir(path.join(extension, 'dist', 'node_modules'));
    const known = new Set([...builtinModules, ...native, 'vscode', 'ffmpeg-static']);
    const bundles = (await readdir(path.join(extension, 'dist'))).filter((name) => /\.[cm]js$/.test(name));
    expect(bundles).toContain('server.mjs');
    for (const name of bundles) {
      const imports = importsOf(await readFile(path.join(extension, 'dist', name), 'utf8'));
      expect(imports.filter((each) => !each.startsWith('node:') && !known.has(each.split('/')[0] ?? ''))).toEqual([]);
    }
  });

  it('keeps the extension light', async () => {
    const { size } = await stat(path.join(extension, 'dist', 'extension.cjs'));
    expect(size).toBeLessThanOrEqual(300_000);
  });

  it('answers a question in another folder, with nothing of the checkout', async () => {
    server = spawn(process.execPath, [path.join(extension, 'dist', 'server.mjs'), '--stdio'], {
      cwd: extension,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    });
    const { stdin, stdout } = server;
    if (!stdin || !stdout) {
      throw new Error('The process has no pipes.');
    }
    const client = await VideoChatClient.connect(new StreamMessageReader(stdout), new StreamMessageWriter(stdin), {
      initialize: { settings: { cacheFolder: shortFolder(), executionProvider: 'cpu', languageDevice: 'cpu', threads: 1 } },
    });
    const { models } = await client.request(ModelListRequest, {});
    expect(models.map(({ id, problem }) => ({ id, problem }))).toEqual([{ id: 'videochat-mini', problem: undefined }]);
    const { videoId } = await client.request(VideoOpenRequest, {
      path: path.join(extension, 'models', 'videochat-mini', 'sample.mp4'),
    });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: 'videochat-mini' });
    const { text } = await client.request(ChatSendRequest, { chatId, text: 'What is the color of the square?' });
    expect(text).toMatch(/blue/i);
    const mapped = mappedFiles(server.pid ?? 0);
    expect(mapped.filter((file) => file.startsWith(repository))).toEqual([]);
    if (process.platform === 'linux') {
      expect(mapped.filter((file) => file.startsWith(extension) && /(koffi\.node|libllama.*|libonnxruntime.*)$/.test(file))).toHaveLength(3);
    }
    await client.dispose();
  });
});
