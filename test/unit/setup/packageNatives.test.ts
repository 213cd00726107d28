import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addFfmpeg } from '../../../server/setup/packaging/addFfmpeg.mjs';
import { copyPackage } from '../../../server/setup/packaging/copyPackage.mjs';
import { folderHash } from '../../../server/setup/packaging/folderHash.mjs';
import { nativeFormat } from '../../../server/setup/packaging/nativeFormat.mjs';
import { packageSource } from '../../../server/setup/packaging/packageSource.mjs';
import { runtimePackages } from '../../../server/setup/packaging/runtimePackages.mjs';
import { missingTargets, ownTarget, targetNamed, targets } from '../../../server/setup/packaging/targets.mjs';
import { elf, machO, machines, portableExecutable } from './nativeFiles.js';

type Target = Parameters<typeof runtimePackages>[0];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-natives-'));
});
afterEach(() => rm(folder, { recursive: true }));
const put = async (name: string, bytes: Buffer | string = ''): Promise<string> => {
  const file = path.join(folder, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
};
const target = (name: string): Target => targetNamed(name);

/** A library for a target; each system has its own kind of file. */
function libraryFor({ os: system, cpu }: Target): Buffer {
  if (system === 'linux') return elf(machines.elf[cpu]);
  return system === 'darwin' ? machO(machines.machO[cpu]) : portableExecutable(machines.pe[cpu]);
}

describe('targetNamed', () => {
  it('says for each system of vsce what there is, or which package is missing', () => {
    expect(targetNamed('win32-x64')).toBe(targets['win32-x64']);
    expect(() => targetNamed('darwin-x64')).toThrow(/no package for darwin-x64: onnxruntime-node 1\.30\.0 has no files/);
    expect(() => targetNamed('alpine-x64')).toThrow(/@node-llama-cpp and onnxruntime-node have no files for musl/);
    expect(() => targetNamed('toString')).toThrow(/^There is no package for toString\.\nThere are packages for linux-x64, /);
    expect(Object.keys(missingTargets).filter((name) => name in targets)).toEqual([]);
  });
});

describe('nativeFormat', () => {
  it('reads the headers of all three systems', async () => {
    const formats = [elf(0x3e), elf(0xb7, 3), machO(0x0100000c), portableExecutable(0xaa64), portableExecutable(0x14c)];
    const read = await Promise.all(formats.map(async (bytes, index) => nativeFormat(await put(`f${index}`, bytes))));
    expect(read).toEqual([
      { os: 'linux', cpus: ['x64'], needsLoader: false },
      { os: 'linux', cpus: ['arm64'], needsLoader: true },
      { os: 'darwin', cpus: ['arm64'], needsLoader: false },
      { os: 'win32', cpus: ['arm64'], needsLoader: false },
      { os: 'win32', cpus: ['machine 332'], needsLoader: false },
    ]);
  });

  it('knows what is no native file', async () => {
    const texts = ['', 'MZ', 'x'.repeat(100), `MZ${'\xff'.repeat(100)}`, '#!/bin/sh\n'.repeat(20)];
    const read = await Promise.all(texts.map(async (text, index) => nativeFormat(await put(`t${index}`, Buffer.from(text, 'latin1')))));
    expect(read).toEqual(texts.map(() => undefined));
  });

  it('reads the program that runs this', async () => {
    const format = await nativeFormat(process.execPath);
    expect(`${format?.os}-${format?.cpus[0]}`).toBe(ownTarget);
  });
});

describe('the installed native packages', () => {
  it.each(Object.keys(targets))('give onnxruntime-node and koffi for %s, and nothing of another system', async (name) => {
    const wanted = runtimePackages(target(name)).filter((each) => ['onnxruntime-node', 'onnxruntime-common', 'koffi'].includes(each.name));
    for (const each of wanted) {
      await copyPackage(await packageSource(each.name), path.join(folder, each.name), each, target(name));
    }
    const binaries = await readdir(path.join(folder, 'onnxruntime-node', 'bin', 'napi-v6'), { recursive: true });
    const files = binaries.filter((file) => /\.(node|dll|dylib|so\.1)$/.test(file)).map((file) => path.basename(file));
    expect(files.sort()).toEqual([...target(name).onnx, 'onnxruntime_binding.node'].sort());
  });
});

describe('copyPackage', () => {
  const llama = (name: string) => runtimePackages(target(name)).find((each) => each.name.startsWith('@node-llama-cpp/'))!;

  // As the packages of release 3.21.1 have them.
  const libraries: Record<string, string[]> = {
    'linux-x64': ['libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so', 'libggml-cpu-haswell.so', 'libggml-cpu-x64.so'],
    'linux-arm64': ['libllama.v0.5.0.so', 'libggml.v0.5.0.so', 'libggml-base.so', 'libggml-cpu-armv8.2_1.so'],
    'darwin-arm64': ['libllama.metal.v0.4.0.dylib', 'libggml.metal.v0.4.0.dylib', 'libggml-base.dylib', 'libggml-cpu-apple_m1.so'],
    'win32-x64': ['llama.v0.4.0.dll', 'ggml.v0.4.0.dll', 'ggml-base.dll', 'ggml-cpu-alderlake.dll', 'ggml-cpu-x64.dll'],
    'win32-arm64': ['llama.v0.4.0.dll', 'ggml.v0.4.0.dll', 'ggml-base.dll', 'ggml-cpu.dll'],
  };

  async function llamaPackage(name: string, bytes: Buffer, files = libraries[name] ?? []): Promise<string> {
    const bins = `source/bins/${target(name).llama}`;
    await put('source/package.json', '{"version":"3.22.1"}');
    for (const file of [...files, 'llama-addon.node', 'llama-addon.lib', 'llama-common.dll', 'libllama-common.so']) {
      await put(`${bins}/${file}`, bytes);
    }
    await put(`${bins}/_nlcBuildMetadata.json`, '{}');
    return path.join(folder, 'source');
  }

  it.each(Object.keys(targets))('takes the libraries for %s, and not the addon', async (name) => {
    await copyPackage(await llamaPackage(name, libraryFor(target(name))), path.join(folder, 'to'), llama(name), target(name));
    const copied = await readdir(path.join(folder, 'to', 'bins', target(name).llama));
    expect(copied.sort()).toEqual([...(libraries[name] ?? []), '_nlcBuildMetadata.json'].sort());
  });

  it('names the package that has nothing for the target', async () => {
    const source = await llamaPackage('win32-x64', libraryFor(target('win32-x64')), ['llama.v0.4.0.dll', 'ggml.v0.4.0.dll', 'ggml-base.dll']);
    await expect(copyPackage(source, path.join(folder, 'to'), llama('win32-x64'), target('win32-x64'))).rejects.toThrow(
      /^@node-llama-cpp\/win-x64 3\.22\.1 has no files for win32-x64: there is no bins\/win-x64\/ggml-cpu in it\.$/,
    );
  });

  it('refuses a package with files for another processor', async () => {
    const source = await llamaPackage('linux-arm64', elf(machines.elf.x64));
    await expect(copyPackage(source, path.join(folder, 'to'), llama('linux-arm64'), target('linux-arm64'))).rejects.toThrow(
      /of @node-llama-cpp\/linux-arm64 3\.22\.1 is for linux-x64, not for linux-arm64/,
    );
  });
});

describe('addFfmpeg', () => {
  const gpl = Buffer.from('\0--enable-gpl --enable-version3\0');
  async function pair(bytes: Buffer, suffix = ''): Promise<string> {
    await put(`pair/ffmpeg${suffix}`, bytes);
    await put(`pair/ffprobe${suffix}`, bytes);
    await put('pair/COPYING.GPLv3', 'GNU');
    await put('pair/readme.txt', 'https://ffmpeg.org/releases/');
    return path.join(folder, 'pair');
  }
  const add = (from: string, name = 'linux-x64'): Promise<string> => addFfmpeg(from, path.join(folder, 'to'), target(name));

  it('puts in two programs that can be started, and their texts', async () => {
    const notice = await add(await pair(Buffer.concat([elf(machines.elf.x64), gpl])));
    expect(await readdir(path.join(folder, 'to'))).toEqual(['COPYING.GPLv3', 'ffmpeg', 'ffprobe', 'readme.txt']);
    if (process.platform !== 'win32') {
      expect((await stat(path.join(folder, 'to', 'ffprobe'))).mode & 0o777).toBe(0o755);
    }
    expect(notice).toMatch(/ffmpeg and ffprobe \(GPL-3\.0-or-later\)[^]*COPYING\.GPLv3[^]*readme\.txt/);
  });

  it('refuses programs for another system, but Windows on ARM runs those for x64', async () => {
    await add(await pair(portableExecutable(machines.pe.x64), '.exe'), 'win32-arm64');
    await expect(add(await pair(portableExecutable(machines.pe.x64)))).rejects.toThrow(/is for win32-x64; the package is for linux-x64/);
    await expect(add(await pair(elf(machines.elf.x64)), 'linux-arm64')).rejects.toThrow(/is for linux-x64; the package is for linux-arm64/);
    await expect(add(await pair(Buffer.from('#!/bin/sh\n')))).rejects.toThrow(/is no program/);
  });

  it('refuses what lacks a program, its licence or its origin, and what may not be passed on', async () => {
    const whole = await pair(Buffer.concat([elf(machines.elf.x64), Buffer.from('--enable-gpl --enable-nonfree')]));
    await expect(add(whole)).rejects.toThrow(/--enable-nonfree: it may not be passed on/);
    await rm(path.join(whole, 'readme.txt'));
    await expect(add(whole)).rejects.toThrow(/no text of ffmpeg's origin/);
    await rm(path.join(whole, 'COPYING.GPLv3'));
    await expect(add(whole)).rejects.toThrow(/no text of ffmpeg's licence/);
    await rm(path.join(whole, 'ffprobe'));
    await expect(add(whole)).rejects.toThrow(/There is no ffprobe in /);
    await expect(add(path.join(folder, 'none'))).rejects.toThrow(/There is no ffmpeg in /);
  });
});

describe('folderHash', () => {
  it('changes with any content, name or mode, and with nothing else', async () => {
    await put('tree/a/b.txt', 'one');
    const tree = path.join(folder, 'tree');
    const hashes = [await folderHash(tree)];
    await put('tree/a/b.txt', 'one');
    expect(await folderHash(tree)).toBe(hashes[0]);
    await put('tree/a/b.txt', 'two');
    hashes.push(await folderHash(tree));
    await put('tree/c.txt');
    hashes.push(await folderHash(tree));
    expect(new Set(hashes).size).toBe(3);
  });
});
