import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClipName } from '../../media/clipRecipes.js';
import { makeClip } from '../../media/makeClip.js';
import { makeTinyModel, removeTemporaryFolders, sha256, temporaryFolder, writeManifest } from '../../fixtures/tinyEncoder.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';
import type { Manifest } from '../../../server/models/manifest.js';
import type { AnswerRecord } from '../../../server/cli/answerRecord.js';
import type { VideoFacts } from '../../../server/protocol/index.js';
import { buildCli, type CliOptions, runCli } from './runCli.js';

const timeout = 300_000;

/** A whole model with random weights: it answers anything, but everything it needs is real. */
async function makeModel(change: (manifest: Manifest, folder: string) => void | Promise<void> = () => undefined) {
  const { folder, manifest } = await makeTinyModel();
  const gguf = tinyGguf({ width: manifest.encoder.output.width, contextLength: 2048 });
  await writeFile(path.join(folder, 'language.gguf'), gguf);
  manifest.files['language-f16'] = { path: 'language.gguf', bytes: gguf.length, sha256: sha256(gguf) };
  manifest.sampling.maxTokens = 8;
  await change(manifest, folder);
  await writeManifest(folder, manifest);
  return path.dirname(folder);
}

describe('videochat with the real server', () => {
  let cache: string;
  beforeAll(async () => {
    await buildCli();
    cache = await temporaryFolder();
  });
  afterAll(removeTemporaryFolders);

  const run = (args: string[], options: CliOptions = {}) =>
    runCli(args, {
      ...options,
      real: true,
      env: { VIDEOCHAT_CACHE: cache, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', ...options.env },
    });

  it('answers from the frames of a clip, and reads only what is new at the second turn', async () => {
    const models = await makeModel();
    const clip = await makeClip({ name: 'withSound' });
    const args = ['chat', clip, '--model', 'tiny', '--models', models, '--json'];
    const { code, out, err } = await run(args, { input: 'the video\nit moves\n' });
    expect(code, err).toBe(0);
    expect(err).toContain('demonstration model');
    const [first, second] = out.trimEnd().split('\n').map((line) => JSON.parse(line) as AnswerRecord);
    expect(first?.plan.indices).toEqual([5, 16, 27, 38, 49, 61, 72, 83]);
    expect(first?.tokens.prompt).toBeGreaterThan(96);
    expect(second?.turn).toBe(1);
    expect(second?.tokens.reused).toBeGreaterThan(96);
    expect(second?.tokens.prefilled).toBeLessThan(first?.tokens.prompt ?? 0);

    const again = await run([...args, '--seed', '1', 'the video']);
    expect(JSON.parse(again.out)).toMatchObject({ answer: first?.answer, embeddingsCached: true });
  }, timeout);

  it('looks at several clips and pictures where the model does, and says so where it does not', async () => {
    const several = await makeModel((manifest) => void (manifest.media = { most: 2 }));
    const [clip, picture] = [await makeClip({ name: 'plain' }), await makeClip({ name: 'png' })];
    const args = ['chat', clip, '--with', picture, '--model', 'tiny', '--json', '--end', '1'];
    const { code, out, err } = await run([...args, '--models', several, 'the video']);
    expect(code, err).toBe(0);
    const answer = JSON.parse(out) as AnswerRecord;
    expect(answer.plans?.map(({ indices }) => indices.length)).toEqual([8, 1]);
    expect(Math.max(...answer.plan.seconds)).toBeLessThan(1);
    expect(answer.tokens.prompt).toBeGreaterThan(2 * 96);

    const refused = await run([...args, '--with', clip, '--models', several, 'the video']);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('looks at 2 clips and pictures in a conversation, not at 3.');
    const one = await run([...args, '--models', await makeModel(), 'the video']);
    expect(one.code).toBe(1);
    expect(JSON.parse(one.out)).toMatchObject({ error: { name: 'TooManyMedia' } });

    expect((await run(['models', '--models', several])).out).toContain('up to 2 clips and pictures together');
  }, timeout);

  it('answers a batch', async () => {
    const models = await makeModel();
    const folder = await temporaryFolder();
    const [input, output] = [path.join(folder, 'in.jsonl'), path.join(folder, 'out.jsonl')];
    const video = await makeClip({ name: 'plain' });
    const lines = [
      { id: 'a', video, question: 'the video' },
      { id: 'b', video: await makeClip({ name: 'text' }), question: 'the video' },
      { id: 'c', video, turns: ['the video', 'it moves'] },
    ];
    await writeFile(input, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, err } = await run(['batch', input, output, '--model', 'tiny', '--models', models]);
    expect(code, err).toBe(1);
    const results = (await readFile(output, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    expect(results).toMatchObject([
      { id: 'a', timings: { total: expect.any(Number) as number } },
      { id: 'b', error: { name: 'VideoUnreadable' } },
      { id: 'c', answers: [expect.any(String), expect.any(String)] },
    ]);
  }, timeout);

  it('writes pictures whose names sort in plan order', async () => {
    const out = await temporaryFolder();
    const clip = await makeClip({ name: 'rotated90' });
    const { code, out: printed, err } = await run(['frames', clip, '--plan', 'videochat:12', '--out', out]);
    expect(code, err).toBe(0);
    const names = (await readdir(out)).sort();
    expect(printed.trimEnd().split('\n')).toEqual(names.map((name) => path.join(out, name)));
    expect(names).toHaveLength(12);
    const picture = await readFile(path.join(out, names[0] ?? ''));
    // PNG: width and height follow the signature and the IHDR tag. The clip is stored lying down.
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([90, 160]);
  }, timeout);

  it.each<[ClipName, Partial<VideoFacts>]>([
    ['plain', { frameCount: 100, fps: 25, width: 160, height: 120, variableFrameRate: false }],
    ['vfr', { variableFrameRate: true }],
    ['rotated270', { rotationDegrees: 270, width: 90, height: 160 }],
    ['onePixel', { width: 1, height: 1 }],
    ['msmpeg4', { frameCount: 80 }],
    ['png', { kind: 'image', frameCount: 1 }],
  ])('probes %s', async (name, facts) => {
    const { code, out, err } = await run(['probe', await makeClip({ name }), '--json']);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject(facts);
  }, timeout);

  it.each<[ClipName, string]>([
    ['text', 'VideoUnreadable'],
    ['empty', 'VideoUnreadable'],
    ['playlist', 'VideoUnreadable'],
    ['fakeMp4', 'VideoTruncated'],
    ['truncatedIndex', 'VideoTruncated'],
    ['audioOnly', 'VideoNoFrames'],
    ['zeroFrames', 'VideoNoFrames'],
  ])('refuses %s with %s and a hint', async (name, error) => {
    const { code, out, err } = await run(['probe', await makeClip({ name })]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(new RegExp(`^videochat: .* \\(${error}\\)\\n.+\\n$`));
  }, timeout);

  it.each(['/nowhere/clip.mp4', '.'])('refuses %s as no file', async (file) => {
    const { code, err } = await run(['probe', file]);
    expect(code).toBe(1);
    expect(err).toContain('(VideoNotFound)');
  }, timeout);

  it.each<[string, Parameters<typeof makeModel>[0]]>([
    ['ModelHashMismatch', (manifest) => void Object.assign(manifest.files['language-f16'] ?? {}, { sha256: '0'.repeat(64) })],
    ['ModelFileMissing', (manifest) => void Object.assign(manifest.files['vision-fp32'] ?? {}, { path: 'nowhere.onnx' })],
    ['ManifestInvalid', (manifest) => void Object.assign(manifest, { framePlan: 5 })],
    [
      'ModelCorrupt',
      async (manifest, folder) => {
        const damaged = Buffer.from('GGUF, but not really');
        await writeFile(path.join(folder, 'language.gguf'), damaged);
        manifest.files['language-f16'] = { path: 'language.gguf', bytes: damaged.length, sha256: sha256(damaged) };
      },
    ],
    [
      'ModelCorrupt',
      async (manifest, folder) => {
        const damaged = (await readFile(path.join(folder, 'tinyEncoder.onnx'))).fill(0x5a, 100);
        await writeFile(path.join(folder, 'tinyEncoder.onnx'), damaged);
        manifest.files['vision-fp32'] = { path: 'tinyEncoder.onnx', bytes: damaged.length, sha256: sha256(damaged) };
      },
    ],
  ])('says %s for a model that is broken', async (error, change) => {
    const clip = await makeClip({ name: 'plain' });
    const { code, out, err } = await run(['chat', clip, 'q', '--model', 'tiny', '--models', await makeModel(change)]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`(${error})`);
  }, timeout);

  it('serves the protocol on stdio', async () => {
    const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '1.0', client: { name: 'test' } } });
    const { out, code } = await run(['serve', '--stdio'], {
      typed: `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
      onOutput: (so, child) => {
        if (so.out.includes('}}')) {
          child.stdin?.end();
        }
      },
    });
    expect(out).toMatch(/^Content-Length: \d+\r\n/);
    expect(out).toContain('"protocolVersion":"1.0"');
    // The client went away without shutting it down.
    expect(code).toBe(1);
  }, timeout);
});
