import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { wantsBrowserTests } from '../../../server/setup/browser/prepareBrowserTests.mjs';
import { filesNamedIn, packageManifest } from '../../../server/setup/packaging/packageManifest.mjs';
import { packageSource } from '../../../server/setup/packaging/packageSource.mjs';
import { perceptionWeights } from '../../../server/setup/packaging/perceptionWeights.mjs';
import { readBundles } from '../../../server/setup/packaging/readBundles.mjs';
import { thirdPartyNotices } from '../../../server/setup/packaging/thirdPartyNotices.mjs';
import { zipEntries } from '../../../server/setup/packaging/zipEntries.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-package-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});
const put = async (name: string, text: string): Promise<void> => {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
};

describe('packageManifest', () => {
  it('keeps what an installed extension needs, and nothing of the checkout', () => {
    const manifest = {
      ...{ name: 'x', version: '1.0.0', publisher: 'p', main: './dist/extension.cjs', contributes: { commands: [] } },
      ...{ scripts: { postinstall: 'x' }, dependencies: { koffi: '1' }, devDependencies: { a: '1' }, private: true, bin: {} },
      engines: { node: '>=20', vscode: '^1.100.0' },
    };
    const kept = packageManifest(manifest);
    expect(Object.keys(kept).sort()).toEqual(['contributes', 'engines', 'main', 'name', 'publisher', 'version']);
    expect(kept.engines).toEqual({ vscode: '^1.100.0' });
  });

  it('finds the files that a manifest names, inside the checkout only', async () => {
    await put('media/icon.png', '');
    await put('media/walk.md', '');
    await put('dist/built.json', '{}');
    const manifest = {
      icon: 'media/icon.png',
      contributes: { a: [{ media: { markdown: './media/walk.md' } }], b: 'media/none.svg', c: '../x.md', d: 'dist/built.json' },
    };
    expect(filesNamedIn(manifest, folder)).toEqual(['media/icon.png', 'media/walk.md'].map(path.normalize));
  });
});

describe('perceptionWeights', () => {
  it('names each model with its files, its authors and its licence', async () => {
    const { files, notices } = await perceptionWeights(path.join(process.cwd(), 'models', 'perception'));
    expect(files).toEqual(expect.arrayContaining(['nanodet/nanodet.onnx', 'silero-vad/LICENSE', 'pp-ocrv4/manifest.json'].map(path.normalize)));
    expect(files.filter((file) => /ocr.*\.onnx$/i.test(file))).toEqual([]);
    const [apache, mit] = notices;
    expect(notices).toHaveLength(2);
    expect(apache).toMatch(/\(Apache-2\.0\)[^]*BlazeFace: .*MediaPipe[^]*MoveNet[^]*NanoDet: [^]*PP-OCRv4: [^]*Apache License\n +Version 2\.0/);
    expect(mit).toMatch(/\(MIT\)[^]*Silero VAD v5: Copyright \(c\) 2020-present Silero Team[^]*Permission is hereby granted/);
  });
});

describe('packageSource', () => {
  const lock = (packages: object): Promise<void> => put('package-lock.json', JSON.stringify({ packages }));

  it('takes the installed package if it has the version of the lock', async () => {
    await lock({ 'node_modules/a': { version: '1.0.0' } });
    await put('node_modules/a/package.json', '{"version":"1.0.0"}');
    expect(await packageSource('a', folder)).toBe(path.join(folder, 'node_modules', 'a'));
  });

  it('refuses what the registry gives under another hash than the lock, and what is not in the lock', async () => {
    // Stands for npm: packs an archive of its own.
    await put('npm-cli.js', `require('fs').writeFileSync('a-1.0.0.tgz', 'other'); console.log('a-1.0.0.tgz');`);
    vi.stubEnv('npm_execpath', path.join(folder, 'npm-cli.js'));
    await lock({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-AAAA' } });
    await expect(packageSource('a', folder)).rejects.toThrow(/not what package-lock.json says/);
    await expect(packageSource('b', folder)).rejects.toThrow(/not in package-lock.json/);
  });

  it('says so when the registry does not give it', async () => {
    await put('npm-cli.js', 'process.exit(1)');
    vi.stubEnv('npm_execpath', path.join(folder, 'npm-cli.js'));
    await lock({ 'node_modules/a': { version: '1.0.0' } });
    await expect(packageSource('a', folder)).rejects.toThrow(/could not be fetched/);
  });
});

describe('readBundles', () => {
  it('names what was built last, and the packages whose code went in', async () => {
    const inputs = {
      ...{ 'webview/chat/main.ts': { bytesInOutput: 9 }, 'node_modules/lit/index.js': { bytesInOutput: 0 } },
      ...{ 'node_modules/@a/b/c.js': { bytesInOutput: 1 }, 'node_modules/d/node_modules/e/f.js': { bytesInOutput: 2 } },
    };
    await put('dist/webview/old.js', '');
    await put('dist/inputs.json', JSON.stringify({ 'dist/webview/chat.js': { inputs }, 'dist/webview/chat.js.map': { inputs: {} } }));
    expect(await readBundles(folder, /^dist\/webview\/\w+\.js$/)).toEqual({
      bundles: [path.join('dist', 'webview', 'chat.js')],
      folders: ['node_modules/@a/b', 'node_modules/d/node_modules/e'].map((name) => path.join(folder, name)),
    });
  });
});

describe('thirdPartyNotices', () => {
  it('names each package once, with the words of its licence', async () => {
    await put('b/package.json', '{"name":"b","version":"2.0.0","license":"ISC"}');
    await put('a/package.json', '{"name":"a","version":"1.0.0","license":"MIT"}');
    await put('a/LICENSE.md', 'Permission is granted.\n');
    const text = await thirdPartyNotices(['b', 'a', 'a'].map((name) => path.join(folder, name)));
    expect(text.match(/^a 1\.0\.0 \(MIT\)$/gm)).toHaveLength(1);
    expect(text).toMatch(/Permission is granted\.\n[^]*b 2\.0\.0 \(ISC\)/);
    expect(text).toMatch(/llama\.cpp and ggml[^]*ONNX Runtime/);
  });

  it('gives the words of a common licence to a package that forgot them, and refuses others', async () => {
    await put('a/package.json', '{"name":"a","version":"1.0.0","license":"MIT","author":"Ann <ann@example.com>"}');
    await put('a/NOTICE', 'With thanks.');
    expect(await thirdPartyNotices([path.join(folder, 'a')])).toMatch(/Copyright \(c\) Ann\n\nPermission is hereby[^]*With thanks\./);
    await put('b/package.json', '{"name":"b","version":"1.0.0","license":"Secret"}');
    await expect(thirdPartyNotices([path.join(folder, 'b')])).rejects.toThrow(/b \(Secret\) brings no text/);
  });
});

describe('zipEntries', () => {
  it('lists an archive', async () => {
    const file = path.join(folder, 'a.zip');
    // The directory of an archive with one empty entry, written by hand.
    const entry = Buffer.alloc(46 + 3);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(7, 20);
    entry.writeUInt32LE(9, 24);
    entry.writeUInt16LE(3, 28);
    entry.write('a/b', 46);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(entry.length, 12);
    await writeFile(file, Buffer.concat([entry, end]));
    expect(await zipEntries(file)).toEqual([{ name: 'a/b', bytes: 9, packedBytes: 7 }]);
    end.writeUInt16LE(2, 10);
    await writeFile(file, Buffer.concat([entry, end]));
    await expect(zipEntries(file)).rejects.toThrow(/damaged/);
  });

  it('refuses what is no archive', async () => {
    await put('a.zip', 'not a zip');
    await expect(zipEntries(path.join(folder, 'a.zip'))).rejects.toThrow(/not a zip archive/);
  });
});

describe('wantsBrowserTests', () => {
  it('prepares them for a whole run, and for filters that may reach them', () => {
    expect([[], ['--bail=1'], ['e2e'], ['test/e2e/chat.test.ts']].map(wantsBrowserTests)).toEqual([true, true, true, true]);
    expect([['cli'], ['test/unit', '--bail=1']].map(wantsBrowserTests)).toEqual([false, false]);
  });
});
