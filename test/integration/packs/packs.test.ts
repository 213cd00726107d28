import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { silentLogger } from '../../../server/common/logger.js';
import { inEnglish } from '../../../server/common/translator.js';
import { OwnedLock } from '../../../server/hub/ownedLock.js';
import { lockPath } from '../../../server/hub/partLock.js';
import { runInChild } from '../../../server/language/runInChild.js';
import { PackService, type PackServiceParts } from '../../../server/packs/packService.js';
import { probePack } from '../../../server/packs/probePack.js';
import type { Finding } from '../../../server/packs/verdict.js';
import { ErrorCode, type GpuPack, type PackPullProgress, type PackPullResult } from '../../../server/protocol/index.js';
import { RegistryServer } from '../../fakes/registryServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { tinyBuild, tinyPacks, tinyPaths, tinyProviders } from '../../fixtures/tinyPack.js';

const probes = fileURLToPath(new URL('../../fakes/probes/', import.meta.url));
const card = { name: 'NVIDIA Test', memoryBytes: 8e9, driver: '580.1' };

let registry: RegistryServer;
let cache: string;
let manifests: string;
let services: PackService[];
const progress: PackPullProgress[] = [];

beforeEach(async () => {
  registry = await RegistryServer.start();
  registry.add(tinyPaths.language, tinyBuild());
  registry.add(tinyPaths.vision, tinyProviders());
  registry.publishNuGet(tinyPaths.visionFacts, tinyProviders());
  [cache, manifests] = [await temporaryFolder(), await tinyPacks()];
  services = [];
  progress.length = 0;
});
afterEach(async () => {
  await Promise.all(services.map((service) => service.dispose()));
  await registry.dispose();
});
afterAll(removeTemporaryFolders);

/** A server's packs; as a rule, a test of them says that they work. */
function start(parts: Partial<PackServiceParts> = {}, settings: { gpuPacks?: boolean } = {}): PackService {
  const env = { VIDEOCHAT_PACKS: manifests, VIDEOCHAT_NPM_REGISTRY: registry.address, VIDEOCHAT_NUGET: registry.address };
  const works = (): Promise<Finding> => Promise.resolve({});
  const service = new PackService({ cacheFolder: cache, gpuPacks: true, ...settings }, silentLogger, { unload: () => Promise.resolve(), probe: works, card: () => Promise.resolve(card), ...parts }, env);
  services.push(service);
  return service;
}
const pull = (service: PackService, id = 'language-cuda', token = cancellationSource().token): Promise<PackPullResult> => service.pull(id, inEnglish, token, (step) => void progress.push(step));
const view = async (service: PackService, id = 'language-cuda'): Promise<GpuPack | undefined> => (await service.list(inEnglish)).packs.find((pack) => pack.id === id);
const packFolder = (id = 'language-cuda'): string => join(cache, 'packs', id);

describe('a GPU pack', () => {
  it('is suggested where there is a card, comes over a line that breaks all the time, is tested, and is used', async () => {
    registry.faults.cutEvery = 0.3;
    const service = start();
    expect(await view(service)).toMatchObject({ state: 'absent', suggested: true, inUse: false, bytes: tinyBuild().length });
    expect(await service.languageFolder()).toBeUndefined();
    const result = await pull(service);
    expect(result).toMatchObject({ folder: packFolder(), verdict: { works: true, driver: '580.1' }, restartNeeded: false, archives: [{ bytes: tinyBuild().length }] });
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(expect.arrayContaining(['fetching', 'verifying', 'unpacking', 'probing']));
    expect(registry.requests.filter(({ range }) => range !== undefined).length).toBeGreaterThan(1);
    expect(await view(service)).toMatchObject({ state: 'installed', suggested: false, verdict: { works: true } });
    expect(await service.languageFolder()).toBe(packFolder());
    // Nothing of the download stays.
    expect(await readdir(join(cache, 'packs', '.downloads'))).toEqual([]);
    expect(await readdir(join(cache, 'packs', '.staging'))).toEqual([]);
  });

  it('for vision encoders comes with the runtime beside which its libraries are looked for; its hash is the registry\'s, and is pinned', async () => {
    const service = start();
    const { archives } = await pull(service, 'vision-cuda');
    const runtime = await service.visionRuntime();
    expect(runtime?.path).toBe(join(packFolder('vision-cuda'), 'onnxruntime-node'));
    const native = await readdir(join(runtime?.path ?? '', 'bin', 'napi-v6', process.platform, process.arch));
    expect(native).toEqual(expect.arrayContaining(['libonnxruntime_providers_cuda.so', 'onnxruntime_binding.node']));
    expect(native).not.toContain('libonnxruntime_providers_tensorrt.so');
    expect(JSON.parse(await readFile(join(cache, 'packs', 'pins.json'), 'utf8'))).toMatchObject({ archives: { [archives[0]?.url ?? '']: { sha256: archives[0]?.sha256 } } });

    // What is published later is not what was pinned.
    await service.remove('vision-cuda');
    const other = Buffer.from(tinyProviders());
    other[other.length - 30]! ^= 1;
    registry.add(tinyPaths.vision, other);
    registry.publishNuGet(tinyPaths.visionFacts, other);
    await expect(pull(service, 'vision-cuda')).rejects.toMatchObject({ code: ErrorCode.DownloadCorrupt });
  });

  it('loads ONNX Runtime from its own folder, which says honestly what it lacks', async () => {
    const service = start({ probe: (pack, folder, logger) => probePack(pack, folder, logger, () => Promise.resolve({ init: 0, version: 12_000, devices: 1, backends: [] })) });
    const { verdict } = await pull(service, 'vision-cuda');
    expect(verdict).toMatchObject({ works: false });
    expect(verdict.message).not.toContain('Cannot find module');
  }, 60_000);

  it('goes on after a pause, where another server left off', async () => {
    const source = cancellationSource();
    registry.faults.hangs = true;
    const waiting = expect(pull(start(), 'language-cuda', source.token)).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    await expect.poll(() => registry.requests.length).toBe(1);
    source.cancel();
    await waiting;
    registry.faults.hangs = false;
    expect((await pull(start())).verdict.works).toBe(true);
  });

  it('is refused with a wrong byte, and nothing of it stays', async () => {
    registry.faults.wrongByte = true;
    const service = start();
    await expect(pull(service)).rejects.toMatchObject({ code: ErrorCode.DownloadCorrupt });
    expect(await view(service)).toMatchObject({ state: 'absent', bytesHere: 0 });
    registry.faults.wrongByte = false;
    expect((await pull(service)).verdict.works).toBe(true);
  });

  it('says what is wrong with the registry', async () => {
    const service = start();
    registry.faults.statuses = [503, 429];
    expect((await pull(service)).verdict.works).toBe(true);
    await service.remove('language-cuda');
    registry.faults.statuses = [404];
    await expect(pull(service)).rejects.toMatchObject({ code: ErrorCode.NotOnHub });
    registry.faults.statuses = [403];
    await expect(pull(service)).rejects.toMatchObject({ code: ErrorCode.DownloadFailed });
    registry.add(tinyPaths.visionFacts, Buffer.from('{}'));
    await expect(pull(service, 'vision-cuda')).rejects.toMatchObject({ code: ErrorCode.DownloadCorrupt });
    await expect(pull(service, 'abacus')).rejects.toMatchObject({ code: ErrorCode.PackUnknown });
    await expect(service.probe('vision-cuda', inEnglish, cancellationSource().token)).rejects.toMatchObject({ code: ErrorCode.PackAbsent });
  });

  it('is not put together of a hostile archive', async () => {
    const hostile = tinyBuild([{ path: 'package/../../../evil', content: Buffer.from('evil') }]);
    registry.add(tinyPaths.language, hostile);
    manifests = await tinyPacks(hostile);
    await expect(pull(start())).rejects.toMatchObject({ code: ErrorCode.ArchiveRefused });
    expect(await stat(packFolder()).catch(() => 'nothing')).toBe('nothing');
    expect(await readdir(join(cache, 'packs', '.staging'))).toEqual([]);
  });
});

describe('a GPU pack that was changed', () => {
  const libraryOf = async (): Promise<string> => {
    const names = await readdir(packFolder(), { recursive: true });
    return join(packFolder(), names.find((name) => name.includes('ggml-cuda')) ?? '');
  };

  it.each([
    ['in a byte', async (file: string) => writeFile(file, (await readFile(file, 'utf8')).replace('no', 'on'))],
    ['by a file that is missing', (file: string) => rm(file)],
    ['by a file more', (file: string) => writeFile(file.replace('ggml-cuda', 'ggml-evil'), 'evil')],
    ['by its list of files', async (file: string) => { await appendFile(file, '!'); await rm(join(packFolder(), 'pack.json')); }],
  ])('%s, is not used', async (_, change) => {
    await pull(start());
    await change(await libraryOf());
    const used = start().languageFolder();
    expect(await used.catch(({ code }: { code: number }) => code)).toSatisfy((result) => result === undefined || result === ErrorCode.ProviderUnavailable);
  });

  it('is fetched whole again', async () => {
    const service = start();
    await pull(service);
    await appendFile(await libraryOf(), '!');
    expect(await view(service)).toMatchObject({ state: 'broken', problem: expect.stringContaining('ggml-cuda') });
    expect((await service.probe('language-cuda', inEnglish, cancellationSource().token)).reason).toBe('changed');
    await pull(service);
    expect(await service.languageFolder()).toBe(packFolder());
  });

  it('or is of another version, is not used', async () => {
    await pull(start());
    const manifest = join(manifests, 'language.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(/"version":"[\d.]+"/, '"version":"9.9.9"'));
    const service = start();
    expect(await view(service)).toMatchObject({ state: 'outdated' });
    await expect(service.languageFolder()).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable });
  });
});

describe('the test of a GPU pack', () => {
  it.each([
    ['crashes', 'crashed', undefined],
    ['hangs', 'timedOut', undefined],
    ['noDriver', 'noDriver', undefined],
    ['oldDriver', 'driverTooOld', undefined],
    ['missingLibrary', 'libraryMissing', 'libcublas.so.13'],
  ])('that %s is a reason, and the program goes on without the pack', async (fault, reason, library) => {
    const script = await readFile(join(probes, `${fault}.mjs`), 'utf8');
    const service = start({ probe: (pack, folder, logger) => probePack(pack, folder, logger, (_, input) => runInChild(script, input, 5_000)) });
    const { verdict } = await pull(service);
    expect(verdict).toMatchObject({ works: false, reason, ...(library === undefined ? {} : { library }) });
    expect(verdict.hint).toBeTruthy();
    await expect(service.languageFolder()).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable, message: expect.stringContaining(verdict.message) });
    expect(await view(service)).toMatchObject({ state: 'installed', inUse: false });
  }, 60_000);

  it('is made in a real process of its own, which finds that these libraries are none', async () => {
    const { verdict } = await pull(start({ probe: probePack }));
    expect(verdict.works).toBe(false);
    expect(['noDriver', 'noDevice', 'driverTooOld', 'failed']).toContain(verdict.reason);
  }, 60_000);

  it('is made again after a restart where it may end otherwise, and told until then', async () => {
    await pull(start({ probe: () => Promise.resolve({ reason: 'libraryMissing', library: 'libcublas.so.13' }) }));
    const service = start();
    expect(await view(service)).toMatchObject({ verdict: { works: false, reason: 'libraryMissing', library: 'libcublas.so.13' } });
    expect(await service.languageFolder()).toBe(packFolder());
    expect(await view(service)).toMatchObject({ verdict: { works: true } });
  });

  it('is remembered for a driver, and made again for another', async () => {
    let tests = 0;
    const probe = (): Promise<Finding> => Promise.resolve(++tests > 0 ? { reason: 'crashed', detail: 'x' } : {});
    await pull(start({ probe }));
    await expect(start({ probe }).languageFolder()).rejects.toThrow();
    expect(tests).toBe(1);
    const updated = start({ probe: () => Promise.resolve({}), card: () => Promise.resolve({ ...card, driver: '600.1' }) });
    expect(await view(updated)).not.toHaveProperty('verdict');
    expect(await updated.languageFolder()).toBe(packFolder());
  });
});

describe('GPU packs', () => {
  it('can be switched off', async () => {
    await pull(start());
    const off = start({}, { gpuPacks: false });
    expect(await off.languageFolder()).toBeUndefined();
    expect((await off.list(inEnglish)).enabled).toBe(false);
  });

  it('are removed while they are used: what runs on them is unloaded first', async () => {
    const told: string[] = [];
    const service = start({ unload: async () => void told.push(...(await readdir(packFolder('vision-cuda')).catch(() => ['gone']))) });
    await pull(service, 'vision-cuda');
    await service.visionRuntime();
    expect(await view(service, 'vision-cuda')).toMatchObject({ inUse: true });
    const { freedBytes, restartNeeded } = await service.remove('vision-cuda');
    expect(told).toContain('pack.json');
    expect(freedBytes).toBeGreaterThan(1_000);
    expect(restartNeeded).toBe(false);
    expect(await view(service, 'vision-cuda')).toMatchObject({ state: 'absent', bytesHere: 0, inUse: false });
    expect(await service.visionRuntime()).toBeUndefined();
  });

  it('are not removed while they are fetched, and what has come goes with them', async () => {
    const part = join(cache, 'packs', '.downloads', 'language-cuda', 'language.tgz.incomplete');
    await mkdir(join(part, '..'), { recursive: true });
    await writeFile(part, 'half');
    const lock = await OwnedLock.take(lockPath(part));
    const service = start();
    expect(await view(service)).toMatchObject({ state: 'partial', fetching: true, bytesHere: 4 });
    await expect(service.remove('language-cuda')).rejects.toMatchObject({ code: ErrorCode.PackBusy });
    await lock?.release();
    expect(await service.remove('language-cuda')).toEqual({ freedBytes: 4, restartNeeded: false });
    expect(await view(service)).toMatchObject({ state: 'absent' });
  });
});
