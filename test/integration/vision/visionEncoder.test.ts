import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import type { SeeingManifest } from '../../../server/models/manifest.js';
import { verifyModelFiles } from '../../../server/models/verifyModelFiles.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import type { VisionEncoderOptions } from '../../../server/vision/visionEncoder.js';
import { goldenPixels, makeTinyModel, removeTemporaryFolders, sha256, tinyEncoderFile } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

interface Golden {
  rowStep: number;
  clips: { frames: number; rows: number[][] }[];
}
const golden = JSON.parse(
  await readFile(new URL('../../golden/vision/tinyEncoder.json', import.meta.url), 'utf8'),
) as Golden;

const open: VisionEncoder[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((encoder) => encoder.dispose()));
});

async function load(model: { folder: string; manifest: SeeingManifest }, more: Partial<VisionEncoderOptions> = {}): Promise<VisionEncoder> {
  const encoder = await VisionEncoder.load({ ...model, executionProvider: 'cpu', threads: 1, logger: silentLogger, ...more });
  open.push(encoder);
  return encoder;
}

async function errorOf(work: Promise<unknown>): Promise<VideoChatError> {
  const error: unknown = await work.then(
    () => new Error('no error'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VideoChatError);
  return error as VideoChatError;
}

async function expectGolden(encoder: VisionEncoder, tolerance: number): Promise<void> {
  for (const { frames, rows } of golden.clips) {
    const { data, rows: count, width } = await encoder.encode(goldenPixels(frames), frames);
    expect([count, width, data.length]).toEqual([96, 32, 96 * 32]);
    const worst = Math.max(
      ...rows.flatMap((row, r) => row.map((value, c) => Math.abs(value - data[r * golden.rowStep * width + c]!))),
    );
    expect(worst).toBeLessThan(tolerance);
  }
}

describe('VisionEncoder on the CPU', () => {
  it('equals PyTorch for any number of frames', async () => {
    const encoder = await load(await makeTinyModel());
    expect([encoder.executionProvider, encoder.variant]).toEqual(['cpu', 'fp32']);
    await expectGolden(encoder, 1e-5);
  });

  it('runs the fp16 variant when asked', async () => {
    const encoder = await load(await makeTinyModel(), { variant: 'fp16' });
    expect(encoder.variant).toBe('fp16');
    await expectGolden(encoder, 2e-2);
  });

  it('takes frames stacked along channels', async () => {
    const model = await makeTinyModel();
    await copyFile(tinyEncoderFile('tinyEncoder.flat.onnx'), join(model.folder, 'tinyEncoder.onnx'));
    model.manifest.encoder.input.layout = 'B(TC)HW';
    await expectGolden(await load(model), 1e-5);
  });

  it('answers requests made at once, in order', async () => {
    const encoder = await load(await makeTinyModel());
    const one = (await encoder.encode(goldenPixels(3), 3)).data;
    const all = await Promise.all([1, 3, 8, 3].map((frames) => encoder.encode(goldenPixels(frames), frames)));
    expect(all[1]?.data).toEqual(one);
    expect(all[3]?.data).toEqual(one);
    expect(all[0]?.data).not.toEqual(one);
  });

  it('leaves the event loop free while it loads and runs', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const encoder = await load(await makeTinyModel());
    const loading = ticks;
    await Promise.all(Array.from({ length: 20 }, () => encoder.encode(goldenPixels(8), 8)));
    clearInterval(timer);
    expect(loading).toBeGreaterThan(3);
  });

  it('refuses what the encoder does not take', async () => {
    const encoder = await load(await makeTinyModel());
    for (const [pixels, frames] of [
      [new Float32Array(10), 1],
      [new Float32Array(0), 0],
      [goldenPixels(3), 2],
      [new Float32Array(65 * 3 * 256), 65],
      [goldenPixels(1), 0.5],
    ] as const) {
      expect((await errorOf(encoder.encode(pixels, frames))).code).toBe(ErrorCode.InvalidParams);
    }
    expect((await errorOf(load(await makeTinyModel(), { variant: 'int3' }))).code).toBe(ErrorCode.InvalidParams);
  });

  it('reports numbers that are not finite, and goes on', async () => {
    const encoder = await load(await makeTinyModel());
    const error = await errorOf(encoder.encode(goldenPixels(1).fill(NaN), 1));
    expect(error.code).toBe(ErrorCode.ModelCorrupt);
    expect(error.message).toContain('not finite');
    await expectGolden(encoder, 1e-5);
  });

  it('is cancelled before and during a run and stays usable', async () => {
    const encoder = await load(await makeTinyModel());
    const before = new CancellationTokenSource();
    before.cancel();
    expect((await errorOf(encoder.encode(goldenPixels(1), 1, before.token))).code).toBe(ErrorCode.RequestCancelled);
    const during = new CancellationTokenSource();
    const running = errorOf(encoder.encode(goldenPixels(8), 8, during.token));
    const behind = encoder.encode(goldenPixels(3), 3);
    during.cancel();
    expect((await running).code).toBe(ErrorCode.RequestCancelled);
    expect((await behind).rows).toBe(96);
    await expectGolden(encoder, 1e-5);
  });

  it('refuses work after dispose', async () => {
    const encoder = await load(await makeTinyModel());
    await encoder.dispose();
    await encoder.dispose();
    expect((await errorOf(encoder.encode(goldenPixels(1), 1))).code).toBe(ErrorCode.ModelLoadFailed);
  });

  it('verifies the files of the variant it opens', async () => {
    const model = await makeTinyModel();
    const verified: string[][] = [];
    const verify = async (keys: string[]): Promise<void> => {
      verified.push(keys);
      await verifyModelFiles({ id: 'tiny', ...model }, keys);
    };
    await load(model, { verify });
    expect(verified).toEqual([['vision-fp32']]);
    const bytes = await readFile(join(model.folder, 'tinyEncoder.onnx'));
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
    await writeFile(join(model.folder, 'tinyEncoder.onnx'), bytes);
    expect((await errorOf(load(model, { verify }))).code).toBe(ErrorCode.ModelHashMismatch);
  });
});

const whole = await readFile(tinyEncoderFile('tinyEncoder.onnx'));

/** The graph with the last occurrence of a name changed. */
function edited(from: string, to: string): Buffer {
  const text = whole.toString('latin1');
  const at = text.lastIndexOf(from);
  return Buffer.from(text.slice(0, at) + to + text.slice(at + from.length), 'latin1');
}

describe('broken encoder files', () => {
  const broken: [string, Buffer][] = [
    ['truncated', whole.subarray(0, whole.length / 2)],
    ['one byte short', whole.subarray(0, whole.length - 1)],
    ['random', randomBytes(5_000)],
    ['text', Buffer.from('This is not a model, whatever its name says.\n'.repeat(50))],
    ['empty', Buffer.alloc(0)],
    ['one zero', Buffer.alloc(1)],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['without one of its weights', edited('to_tokens', 'to_tokenz')],
  ];
  it.each(broken)('%s → ModelCorrupt', async (_name, content) => {
    const model = await makeTinyModel();
    await writeFile(join(model.folder, 'tinyEncoder.onnx'), content);
    const error = await errorOf(load(model));
    expect(error.data.hint).toBeTruthy();
    expect(error.code).toBe(ErrorCode.ModelCorrupt);
  });

  it('missing → ModelFileMissing', async () => {
    const model = await makeTinyModel();
    model.manifest.files['vision-fp32']!.path = 'gone.onnx';
    expect((await errorOf(load(model))).code).toBe(ErrorCode.ModelFileMissing);
  });

  const misfits: [string, (manifest: SeeingManifest) => void, RegExp][] = [
    ['input name', (m) => (m.encoder.input.name = 'images'), /no input "images".*"pixels"/],
    ['output name', (m) => (m.encoder.output.name = 'tokens'), /no output "tokens"/],
    ['rows', (m) => (m.encoder.output.rows = 32), /\[1, 96, 32\] instead of \[1, 32, 32\]/],
    ['width', (m) => (m.encoder.output.width = 64), /instead of \[1, 96, 64\]/],
    ['layout', (m) => (m.encoder.input.layout = 'B(TC)HW'), /instead of \[1, frames, 16, 16\]/],
    ['size', (m) => (m.preprocess.video.width = 24), /instead of/],
  ];
  it.each(misfits)('another %s than in the manifest → ModelCorrupt', async (_, change, message) => {
    const model = await makeTinyModel();
    change(model.manifest);
    const error = await errorOf(load(model));
    expect(error.code).toBe(ErrorCode.ModelCorrupt);
    expect(error.message).toMatch(message);
  });
});

describe('external data', () => {
  async function externalModel(): Promise<{ folder: string; manifest: SeeingManifest }> {
    const model = await makeTinyModel();
    const data = await readFile(tinyEncoderFile('tinyEncoder.external.data'));
    await copyFile(tinyEncoderFile('tinyEncoder.external.onnx'), join(model.folder, 'tinyEncoder.onnx'));
    await writeFile(join(model.folder, 'tinyEncoder.external.data'), data);
    model.manifest.files['vision-fp32']!.companions = ['vision-data'];
    model.manifest.files['vision-data'] = { path: 'tinyEncoder.external.data', bytes: data.length, sha256: sha256(data) };
    return model;
  }

  it('is read when the manifest lists it', async () => {
    await expectGolden(await load(await externalModel()), 1e-5);
  });

  it('is refused when the manifest does not', async () => {
    const model = await externalModel();
    delete model.manifest.files['vision-fp32']!.companions;
    const error = await errorOf(load(model));
    expect(error.code).toBe(ErrorCode.ModelCorrupt);
    expect(error.message).toContain('tinyEncoder.external.data');
  });

  it.each(['../../../../../../etc/hos', '/etc/ssl/private/key.pem/', 'x/../../tinyEncoder.extern'])(
    'is refused outside the folder: %s',
    async (location) => {
      const model = await externalModel();
      const text = (await readFile(join(model.folder, 'tinyEncoder.onnx'))).toString('latin1');
      const hostile = text.replace('tinyEncoder.external.data', location.padEnd(25, 'x').slice(0, 25));
      await writeFile(join(model.folder, 'tinyEncoder.onnx'), Buffer.from(hostile, 'latin1'));
      expect((await errorOf(load(model))).code).toBe(ErrorCode.ModelCorrupt);
    },
  );

  it('missing → ModelFileMissing', async () => {
    const model = await externalModel();
    model.manifest.files['vision-data']!.path = 'elsewhere.data';
    expect((await errorOf(load(model))).code).toBe(ErrorCode.ModelFileMissing);
  });
});
