import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { Libllama } from '../../../server/language/libllama.js';
import { probeDevice } from '../../../server/language/probeDevice.js';
import type { PromptPiece } from '../../../server/language/prompt.js';
import { findRuntime } from '../../../server/language/runtimeFiles.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { tinyTokenRows, writeTinyGguf } from '../../fixtures/tinyGguf.js';

// Mesa's software Vulkan (Debian: mesa-vulkan-drivers). Test files run in processes of their own, so the
// driver and the Vulkan build stay out of the others.
const driver = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';
const missing = !existsSync(driver)
  ? 'no software Vulkan driver (mesa-vulkan-drivers)'
  : !findRuntime('vulkan')
    ? 'no Vulkan build of libllama'
    : undefined;

describe.skipIf(missing)(`LLaMA on Vulkan${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let folder: string;
  let file: string;
  const load = (device: string, gpuLayers: number) =>
    LanguageModel.load({ path: file, device, gpuLayers, threads: 1, contextLength: 128, logger: silentLogger });
  // Every batch is longer than 8, so that few kinds of shaders have to be compiled.
  const ids = [300, 301, 280, 290, 40, 41, 5, 6, 7, 320, 8, 9];
  const rows: PromptPiece = {
    kind: 'embeddings',
    key: 'clip',
    embeddings: { rows: ids.length, width: 64, data: tinyTokenRows(ids, { type: 'f16' }) },
  };
  const prompt = (middle: PromptPiece): PromptPiece[] => [
    { kind: 'text', text: '###Human: ' },
    middle,
    { kind: 'text', text: 'what moves up, and is it the red ball?' },
  ];
  const answer = async (model: LanguageModel, middle: PromptPiece) => {
    const session = model.createSession();
    const sampling = { temperature: 0, maxTokens: 1 };
    await session.generate({ pieces: prompt(middle), sampling, stop: { texts: [], ids: [] } });
    return model.lastLogits();
  };
  const furthest = (a: Float32Array, b: Float32Array) =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-vulkan-'));
    file = await writeTinyGguf(path.join(folder, 'tiny.gguf'), { type: 'f16' });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is refused, with the server alive, where its driver does not work', async () => {
    process.env['VK_DRIVER_FILES'] = path.join(folder, 'no-such-driver.json');
    const files = findRuntime('vulkan');
    expect(files && String(await probeDevice(files, { remember: false }))).toMatch(/finds no GPU|test process ended/);
    expect(Libllama.current).toBeUndefined();
  });

  it('computes what the CPU computes, from tokens and from rows', async () => {
    process.env['VK_DRIVER_FILES'] = driver;
    process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
    process.env['GALLIVM_PERF'] = 'nopt'; // compile shaders fast rather than well
    // A busy machine compiles shaders for minutes; the verdict is remembered for the load.
    const files = findRuntime('vulkan');
    expect(files && (await probeDevice(files, { timeoutMs: 1_200_000 }))).toBeUndefined();
    const gpu = await load('vulkan', 3);
    expect(gpu).toMatchObject({ device: 'vulkan', gpuLayers: 3 });
    const fromTokens = await answer(gpu, { kind: 'tokens', ids });
    const fromRows = await answer(gpu, rows);
    expect(fromRows).toEqual(fromTokens);

    const cpu = await load('cpu', 0);
    expect(cpu).toMatchObject({ device: 'cpu', gpuLayers: 0 });
    const reference = await answer(cpu, rows);
    const scale = Math.max(...reference.map(Math.abs));
    expect(scale).toBeGreaterThan(1);
    expect(furthest(fromRows, reference)).toBeLessThan(0.02 * scale);
    expect(fromRows.indexOf(Math.max(...fromRows))).toBe(reference.indexOf(Math.max(...reference)));
    await gpu.dispose();
    await cpu.dispose();
    // Software Vulkan compiles its shaders on the CPU at the first run.
  }, 2_400_000);

  it('does not share a process with another build', async () => {
    await expect(Libllama.load('cuda', silentLogger)).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable });
  });
});
