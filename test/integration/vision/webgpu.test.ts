import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Logger, silentLogger } from '../../../server/common/logger.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { probeProvider, usableProviders } from '../../../server/vision/executionProvider.js';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import { goldenPixels, makeTinyModel, removeTemporaryFolders } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

/** Vulkan in software, from Debian's chromium package; the provider under test is the real one. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const available = process.platform === 'linux' && existsSync(swiftShader);
const title = available
  ? 'WebGPU on software Vulkan'
  : `WebGPU on software Vulkan (skipped: no ${swiftShader}; Debian's package chromium has it)`;

describe.skipIf(!available)(title, () => {
  const before = process.env['VK_DRIVER_FILES'];
  beforeAll(() => {
    // Read by the child processes that the encoder lives in; nothing native is loaded here.
    process.env['VK_DRIVER_FILES'] = swiftShader;
  });
  afterAll(() => {
    if (before === undefined) {
      delete process.env['VK_DRIVER_FILES'];
    } else {
      process.env['VK_DRIVER_FILES'] = before;
    }
  });

  it('passes the probe, and is told from a real GPU', async () => {
    const verdict = await probeProvider('webgpu', silentLogger);
    expect(verdict).toMatchObject({ works: true });
    expect(await usableProviders('auto', silentLogger)).toEqual(verdict.slowdown < 4 ? ['webgpu', 'cpu'] : ['cpu']);
  });

  it('equals the CPU', async () => {
    const model = await makeTinyModel();
    const encode = async (executionProvider: string): Promise<Float32Array> => {
      const options = { ...model, executionProvider, threads: 1, variant: 'fp32', logger: silentLogger };
      const encoder = await VisionEncoder.load(options);
      try {
        expect([encoder.executionProvider, encoder.variant]).toEqual([executionProvider, 'fp32']);
        return (await encoder.encode(goldenPixels(3), 3)).data;
      } finally {
        await encoder.dispose();
      }
    };
    const [expected, actual] = [await encode('cpu'), await encode('webgpu')];
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - (actual[i] ?? NaN))));
    expect(worst).toBeLessThan(1e-4);
    expect(expected.some((value) => Math.abs(value) > 0.1)).toBe(true);
  });

  // SwiftShader has no 16-bit shaders: the graph loads and its first run fails.
  it('tries fp16 first and falls back to the default variant', async () => {
    const model = await makeTinyModel();
    const warnings: string[] = [];
    const logger: Logger = { log: (level, message) => void (level === 'warn' && warnings.push(message)) };
    const encoder = await VisionEncoder.load({ ...model, executionProvider: 'webgpu', threads: 1, logger });
    expect([encoder.executionProvider, encoder.variant]).toEqual(['webgpu', 'fp32']);
    expect(warnings).toEqual([expect.stringContaining('webgpu/fp16')]);
    await encoder.dispose();
  });

  it('fails typed where fp16 was asked for', async () => {
    const options = { executionProvider: 'webgpu', threads: 1, variant: 'fp16', logger: silentLogger };
    await expect(VisionEncoder.load({ ...(await makeTinyModel()), ...options })).rejects.toMatchObject({
      code: ErrorCode.ProviderUnavailable,
      message: expect.stringContaining('f16') as string,
    });
  });
});

describe('execution providers that are not there', () => {
  it.each(['dml', 'coreml', 'cuda'])('%s → ProviderUnavailable', async (provider) => {
    const verdict = await probeProvider(provider as 'cuda', silentLogger);
    if (verdict.works) {
      return;
    }
    const model = await makeTinyModel();
    await expect(
      VisionEncoder.load({ ...model, executionProvider: provider, threads: 1, logger: silentLogger }),
    ).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable, data: { hint: expect.stringContaining('cpu') as string } });
  });

  it('an unknown name → ProviderUnavailable', async () => {
    await expect(usableProviders('gpu', silentLogger)).rejects.toMatchObject({ code: ErrorCode.ProviderUnavailable });
  });

  it('auto always ends with the CPU', async () => {
    expect((await usableProviders('auto', silentLogger)).at(-1)).toBe('cpu');
  });
});
