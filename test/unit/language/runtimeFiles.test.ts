import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { expectedRuntime, findRuntime, librariesIn, platformPackages } from '../../../server/language/runtimeFiles.js';
import { ErrorCode } from '../../../server/protocol/index.js';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A made-up node_modules with both packages. */
async function install(versions: { wrapper?: string; platform?: string; build?: string; tag?: string; libraries?: string[] }) {
  const modules = await mkdtemp(path.join(tmpdir(), 'videochat-modules-'));
  folders.push(modules);
  const put = async (file: string, content: unknown) => {
    await mkdir(path.dirname(path.join(modules, file)), { recursive: true });
    await writeFile(path.join(modules, file), JSON.stringify(content));
  };
  const name = platformPackages('cpu', process.platform, process.arch)[0] ?? '';
  const home = `@node-llama-cpp/${name}`;
  await put('node-llama-cpp/package.json', { version: versions.wrapper ?? expectedRuntime.nodeLlamaCpp });
  await put('node-llama-cpp/llama/llama.cpp.info.json', { tag: versions.tag ?? expectedRuntime.llamaCpp });
  await put(`${home}/package.json`, { version: versions.platform ?? expectedRuntime.nodeLlamaCpp });
  await put(`${home}/bins/${name}/_nlcBuildMetadata.json`, {
    buildOptions: { llamaCpp: { release: versions.build ?? expectedRuntime.llamaCpp } },
  });
  for (const library of versions.libraries ?? ['libggml-base.so', 'libggml.v0.5.0.so', 'libllama.v0.5.0.so']) {
    await put(`${home}/bins/${name}/${library}`, '');
  }
  return modules;
}

describe('findRuntime', () => {
  it('finds the libraries of the installed package', () => {
    const files = findRuntime('cpu');
    expect(files?.llama).toMatch(/llama\.(metal\.)?v0\.5\.0\.(so|dylib|dll)$/);
  });

  it('accepts exactly the expected versions', async () => {
    expect(findRuntime('cpu', [await install({})])?.ggmlBase).toMatch(/libggml-base\.so$/);
    const wrong = [{ wrapper: '3.22.2' }, { platform: '3.21.0' }, { build: 'b9999' }, { tag: 'v0.6.0' }, { libraries: [] }];
    for (const versions of wrong) {
      const modules = await install(versions);
      expect(() => findRuntime('cpu', [modules])).toThrow(expect.objectContaining({ code: ErrorCode.RuntimeMismatch }));
    }
  });

  it('tells an absent flavour from a broken install', async () => {
    expect(findRuntime('vulkan', [await install({})])).toBeUndefined();
    expect(() => findRuntime('cpu', [])).toThrow(/not installed/);
  });
});

describe('librariesIn', () => {
  it('reads names of every platform and flavour', () => {
    expect(librariesIn(['libggml-base.so', 'libggml-cpu-x64.so', 'libggml.vulkan.v0.5.0.so', 'libllama-common.so', 'libllama.vulkan.v0.5.0.so'])).toEqual({
      ggmlBase: 'libggml-base.so',
      ggml: 'libggml.vulkan.v0.5.0.so',
      llama: 'libllama.vulkan.v0.5.0.so',
    });
    expect(librariesIn(['ggml-base.dll', 'ggml.v0.5.0.dll', 'llama.v0.5.0.dll']).llama).toBe('llama.v0.5.0.dll');
    expect(librariesIn(['libggml-base.dylib', 'libggml.dylib', 'libllama.dylib']).ggml).toBe('libggml.dylib');
  });
});

describe('platformPackages', () => {
  it('names packages as npm does', () => {
    expect(platformPackages('vulkan', 'linux', 'x64')).toEqual(['linux-x64-vulkan']);
    expect(platformPackages('cpu', 'linux', 'arm')).toEqual(['linux-armv7l']);
    expect(platformPackages('cuda', 'win32', 'x64')).toEqual(['win-x64-cuda']);
    expect(platformPackages('cpu', 'darwin', 'arm64')).toEqual(['mac-arm64', 'mac-arm64-metal']);
  });
});
