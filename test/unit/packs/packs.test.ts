import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { packageRoot } from '../../../server/common/packageRoot.js';
import { cudaLibraries } from '../../../server/language/cudaLibraries.js';
import { fitLayers } from '../../../server/language/fitLayers.js';
import { expectedRuntime } from '../../../server/language/runtimeFiles.js';
import { parseCards } from '../../../server/common/nvidiaCards.js';
import { mirrored } from '../../../server/packs/packMirror.js';
import { packManifests, readPacks } from '../../../server/packs/readPacks.js';
import { judgeBackends, judgeDriver, judgeText } from '../../../server/packs/verdict.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { readText } from '../../fixtures/extensionManifest.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

describe('the manifests of GPU packs', () => {
  const { dependencies } = JSON.parse(readText('package.json')) as { dependencies: Record<string, string> };

  it.each(['linux-x64', 'win32-x64'])('belong to the packages that we ship, each file of them to the same version: %s', async (platform) => {
    const packs = await readPacks(packManifests(), silentLogger, platform);
    expect(packs.map(({ part }) => part)).toEqual(platform === 'linux-x64' ? ['language', 'vision'] : ['language']);
    for (const { of, archives } of packs) {
      expect(of.version, of.package).toBe(dependencies[of.package]);
      for (const { url, published } of archives) {
        expect(url).toContain(of.version);
        expect(published?.url ?? url).toContain(of.version);
      }
    }
    expect(packs[0]?.of.version).toBe(expectedRuntime.nodeLlamaCpp);
  });

  it('know every file of the pack for language models on Linux, which is where it was unpacked', async () => {
    const [pack] = await readPacks(packManifests(), silentLogger, 'linux-x64');
    const files = pack?.archives.flatMap(({ files = [], to }) => files.map(({ path }) => `${to}/${path}`)) ?? [];
    expect(pack?.archives.every(({ bytes, sha256 }) => bytes !== undefined && sha256 !== undefined)).toBe(true);
    expect(files).toEqual(expect.arrayContaining([expect.stringMatching(/linux-x64-cuda\/bins\/linux-x64-cuda\/libggml-cuda\.so$/), expect.stringMatching(/-ext\/.*\/fallback\/libggml-cuda\.so$/)]));
  });

  it('that are wrong cost only themselves', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'a.json'), '{"id": "a"}');
    await writeFile(join(folder, 'b.json'), readText(join('models', 'packs', 'vision.json')));
    const [, archive] = readText(join('models', 'packs', 'language.json')).split('"archives"');
    expect(archive).toBeDefined();
    const warnings: string[] = [];
    const packs = await readPacks(folder, { ...silentLogger, log: (_, text) => void warnings.push(text) }, 'linux-x64');
    expect(packs.map(({ id }) => id)).toEqual(['vision-cuda']);
    expect(warnings).toEqual([expect.stringContaining('a.json')]);
  });

  it('are few bytes, since they come with the extension', () => {
    expect(packManifests()).toBe(join(packageRoot(), 'models', 'packs'));
    expect(readText(join('models', 'packs', 'language.json')).length).toBeLessThan(20_000);
  });
});

describe('mirrors', () => {
  const url = 'https://registry.npmjs.org/@a/b/-/b-1.0.0.tgz';

  it('stand in for the registry that they mirror', () => {
    expect(mirrored(url, {}).href).toBe(url);
    expect(mirrored(url, { VIDEOCHAT_NPM_REGISTRY: 'https://mirror.example/npm', VIDEOCHAT_NUGET: 'https://other.example' }).href).toBe('https://mirror.example/npm/@a/b/-/b-1.0.0.tgz');
    expect(mirrored('https://api.nuget.org/v3/x.json', { VIDEOCHAT_NUGET: 'http://127.0.0.1:80/' }).href).toBe('http://127.0.0.1/v3/x.json');
  });

  it('must be encrypted, unless they are on this machine', () => {
    const refused = expect.objectContaining({ code: ErrorCode.DownloadRefused });
    expect(() => mirrored(url, { VIDEOCHAT_NPM_REGISTRY: 'http://mirror.example/' })).toThrow(refused);
    expect(() => mirrored(url, { VIDEOCHAT_NPM_REGISTRY: 'mirror' })).toThrow(refused);
    expect(() => mirrored('http://registry.npmjs.org/x', {})).toThrow(refused);
  });
});

describe('what a test of a pack means', () => {
  const facts = { init: 0, version: 13_000, devices: 1, backends: [] };

  it('of the driver', () => {
    expect(judgeDriver({ driverError: 'libcuda.so.1: cannot open shared object file', backends: [] }, 12_000)).toMatchObject({ reason: 'noDriver' });
    expect(judgeDriver({ ...facts, version: 11_080 }, 12_000)).toEqual({ reason: 'driverTooOld', detail: 'CUDA 11.8' });
    expect(judgeDriver({ ...facts, init: 803 }, 12_000)).toMatchObject({ reason: 'driverTooOld' });
    expect(judgeDriver({ ...facts, init: 100 }, 12_000)).toEqual({ reason: 'noDevice' });
    expect(judgeDriver({ ...facts, devices: 0 }, 12_000)).toEqual({ reason: 'noDevice' });
    expect(judgeDriver({ ...facts, init: 2 }, 12_000)).toEqual({ reason: 'outOfMemory' });
    expect(judgeDriver({ ...facts, init: 999 }, 12_000)).toEqual({ reason: 'failed', detail: 'cuInit 999' });
    expect(judgeDriver(facts, 12_000)).toBeUndefined();
  });

  it('of the libraries: one backend that can be loaded is enough', () => {
    const missing = { file: 'a', error: 'Failed to load shared library: libcublas.so.13: cannot open shared object file: No such file or directory' };
    expect(judgeBackends({ backends: [missing, { file: 'b' }] })).toBeUndefined();
    const older = { file: 'b', error: missing.error.replace('.13', '.12') };
    expect(judgeBackends({ version: 12_080, backends: [missing, older] })).toMatchObject({ library: 'libcublas.so.12' });
    expect(judgeBackends({ backends: [missing, older] })).toMatchObject({ reason: 'libraryMissing', library: 'libcublas.so.13' });
  });

  it.each([
    ['Failed to load library libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open shared object file: No such file or directory', 'libraryMissing'],
    ['Error loading "onnxruntime_providers_cuda.dll" which depends on "cublasLt64_12.dll" which is missing. (Error 126)', 'libraryMissing'],
    ['CUDA failure 2: out of memory ; GPU=0', 'outOfMemory'],
    ['CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version', 'driverTooOld'],
    ['CUDA failure 100: no CUDA-capable device is detected', 'noDevice'],
    ['it calculates wrongly', 'wrongResult'],
    ['something else', 'failed'],
  ])('of the words %s', (text, reason) => {
    expect(judgeText(text).reason).toBe(reason);
  });

  it('names the library that is missing', () => {
    expect(judgeText('libcudnn.so.9: cannot open shared object file').library).toBe('libcudnn.so.9');
    expect(judgeText('which depends on "cublasLt64_12.dll" which is missing').library).toBe('cublasLt64_12.dll');
  });
});

describe('the machine', () => {
  it('shows the card with the most memory', () => {
    expect(parseCards('580.65.06, 8192, NVIDIA T400\n580.65.06, 24564, NVIDIA GeForce RTX 4090\n')[0]).toEqual({ driver: '580.65.06', memoryBytes: 24_564 * 1024 ** 2, name: 'NVIDIA GeForce RTX 4090' });
    expect(parseCards('NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver.')).toEqual([]);
  });

  it('has the newest CUDA runtime that is whole', async () => {
    const root = await temporaryFolder();
    const put = async (folder: string, ...names: string[]): Promise<string> => {
      await mkdir(join(root, folder), { recursive: true });
      await Promise.all(names.map((name) => writeFile(join(root, folder, name), '')));
      return join(root, folder);
    };
    const thirteen = await put('13', 'libcudart.so.13');
    const twelve = await put('12', 'libcudart.so.12', 'libcublas.so.12', 'libcublasLt.so.12', 'libcudart.so.12.4.127');
    expect(cudaLibraries([thirteen, twelve])).toEqual(['libcudart.so.12', 'libcublasLt.so.12', 'libcublas.so.12'].map((name) => join(twelve, name)));
    expect(cudaLibraries([thirteen])).toEqual([]);
  });

  it('takes as many layers as surely fit', () => {
    const model = { bytes: 4.4e9, layers: 32, width: 4096 };
    expect(fitLayers(model, 2048, 24e9)).toBe(33);
    expect(fitLayers(model, 2048, 4e9)).toBeGreaterThan(5);
    expect(fitLayers(model, 2048, 4e9)).toBeLessThan(24);
    expect(fitLayers(model, 2048, 500e6)).toBe(0);
  });
});
