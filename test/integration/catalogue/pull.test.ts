import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogueFolder, readCatalogue } from '../../../server/catalogue/readCatalogue.js';
import { silentLogger } from '../../../server/common/logger.js';
import type { CatalogueResult, ModelPullResult } from '../../../server/protocol/index.js';
import type { AnswerRecord } from '../../../server/cli/answerRecord.js';
import { HubServer } from '../../fakes/hubServer.js';
import { SmallDisk, smallDiskMissing } from '../../fakes/smallDisk.js';
import { addTinyReader, catalogueWith, tinyEntry, tinyReader } from '../../fixtures/hubModel.js';
import { removeTemporaryFolders, sha256, temporaryFolder, tinyEncoderFile, tinyManifest } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';
import { buildCli, type CliOptions, type CliResult, runCli } from '../cli/runCli.js';

const timeout = 100_000;
const goldens = fileURLToPath(new URL('../../golden/systems/smolvlm2/', import.meta.url));

/** An entry of a model that sees: a graph beside a GGUF. */
function seeingEntry(id = 'tiny-eyes'): ReturnType<typeof tinyEntry> {
  const { files: _files, id: _id, name: _name, description: _description, licence: _licence, schemaVersion: _version, ...manifest } = tinyManifest({});
  const file = (key: string, path: string) => ({ key, repo: 'owner/eyes', revision: 'main', path });
  return tinyEntry({
    id,
    kind: 'video',
    abilities: ['chat', 'image'],
    variants: [{ id: 'small', files: [file('vision-fp32', 'onnx/vision.onnx'), file('language-f16', 'language.gguf')] }],
    install: { as: 'model', manifest: { ...manifest, sampling: { temperature: 0, maxTokens: 8 } } },
  });
}

/** Until nothing more can be written. */
async function fillUp(disk: SmallDisk): Promise<void> {
  for (const bytes of [1024 * 1024, 4096]) {
    const piece = Buffer.alloc(bytes, 1);
    while (await appendFile(disk.at('filler'), piece).then(() => true, () => false));
  }
}

describe('videochat models with a hub', () => {
  let hub: HubServer;
  let cache: string;
  let hubCache: string;
  let catalogue: string;

  beforeAll(buildCli, timeout);
  beforeEach(async () => {
    hub = await HubServer.start();
    addTinyReader(hub);
    hub.add('owner/eyes/onnx/vision.onnx', await readFile(tinyEncoderFile('tinyEncoder.onnx')));
    hub.add('owner/eyes/language.gguf', tinyReader());
    [cache, hubCache] = [await temporaryFolder(), await temporaryFolder()];
    catalogue = await catalogueWith(tinyEntry(), seeingEntry());
  });
  afterEach(() => hub.dispose());
  afterAll(removeTemporaryFolders);

  const run = (args: string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(args, {
      ...options,
      real: true,
      env: {
        ...{ VIDEOCHAT_CACHE: cache, VIDEOCHAT_CATALOGUE: catalogue, HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: hubCache, HF_TOKEN: '' },
        ...{ VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu' },
        ...options.env,
      },
    });
  const list = async (): Promise<CatalogueResult> => JSON.parse((await run(['models', 'list', '--json'])).out) as CatalogueResult;
  const entry = async (id: string) => (await list()).entries.find((each) => each.id === id);

  it('fetches a model that sees, over a line that breaks all the time, and it answers', async () => {
    hub.faults.cutEvery = 0.07;
    const pulled = await run(['models', 'pull', 'tiny-eyes', '--json']);
    expect(pulled.code, pulled.err).toBe(0);
    const result = JSON.parse(pulled.out) as ModelPullResult;
    expect(result).toMatchObject({ modelId: 'tiny-eyes', variant: 'small', files: [{ from: 'hub' }, { from: 'hub', sha256: sha256(tinyReader()) }] });
    expect(await entry('tiny-eyes')).toMatchObject({ state: 'installed', installed: { modelId: 'tiny-eyes' } });

    // The bytes are on the disk once.
    const blob = join(hubCache, 'models--owner--eyes', 'blobs', sha256(tinyReader()));
    expect((await stat(join(result.folder, 'language.gguf'))).ino).toBe((await stat(blob)).ino);

    const clip = await makeClip({ name: 'plain' });
    const { code, out, err } = await run(['chat', clip, '--model', 'tiny-eyes', '--json', 'the video']);
    expect(code, err).toBe(0);
    expect((JSON.parse(out) as AnswerRecord).tokens.prompt).toBeGreaterThan(96);
    expect((await run(['models', 'verify', 'tiny-eyes'])).out).toBe('ok       vision.onnx\nok       language.gguf\n');
  }, timeout);

  it('fetches SmolVLM2 as the catalogue has it, at reduced width, and it answers', async () => {
    const record = (await readCatalogue(catalogueFolder(), silentLogger)).find(({ id }) => id === 'smolvlm2-256m');
    const manifest = record?.install?.manifest as { encoder: { output: { width: number } }; preprocess: { video: object; image: object }; sampling: object };
    const side = { width: 64, height: 64, fit: 'squash' };
    manifest.encoder.output.width = 48;
    manifest.preprocess = { ...manifest.preprocess, video: side, image: { ...manifest.preprocess.image, ...side, tiles: { longestEdge: 256 } } };
    manifest.sampling = { temperature: 0, maxTokens: 8 };
    catalogue = await catalogueWith(record!);
    const small = async (name: string): Promise<Buffer> => gunzipSync(await readFile(join(goldens, name)));
    for (const { key, repo, path } of record?.variants[0]?.files ?? []) {
      hub.add(`${repo}/${path}`, await small(key === 'vision' ? 'vision_encoder.onnx.gz' : 'language.f16.gguf.gz'));
    }
    const pulled = await run(['models', 'pull', 'smolvlm2-256m', '--variant', 'q8_0']);
    expect(pulled.code, pulled.err).toBe(0);
    // What the catalogue says was of the published size.
    expect(await entry('smolvlm2-256m')).toMatchObject({ installed: { facts: { architecture: 'llama', layers: 2, heads: 6, keyValueHeads: 2, quantisation: 'F16', contextLength: 8_192 } } });
    expect((await run(['models', 'info', 'smolvlm2-256m'])).out).toContain('llama, F16: 2 layers, 6 heads (2 of keys and values)');
    const clip = await makeClip({ name: 'plain' });
    const { code, out, err } = await run(['chat', clip, '--model', 'smolvlm2-256m', '--json', 'What moves?']);
    expect(code, err).toBe(0);
    const answer = JSON.parse(out) as AnswerRecord;
    expect(answer.tokens.prompt).toBeGreaterThan(64 * answer.plan.indices.length);
    const seen = await run(['chat', await makeClip({ name: 'strip' }), '--model', 'smolvlm2-256m', '--json', 'What is this?']);
    expect(seen.code, seen.err).toBe(0);
    const { plan, tokens } = JSON.parse(seen.out) as AnswerRecord;
    expect(plan.reason).toBe('The picture itself, in 1 × 4 tiles and whole');
    expect(tokens.prompt).toBeGreaterThan(5 * 64);
  }, timeout);

  it('pauses at Ctrl-C, says how far it is, goes on, and removes', async () => {
    hub.faults.slowMs = 30;
    // A second Ctrl-C would leave at once.
    let interrupted = false;
    const paused = await run(['models', 'pull', 'tiny-reader', '--verbose'], {
      onOutput: ({ err }, child) => void (!interrupted && err.includes('Fetching') && (interrupted = child.kill('SIGINT'))),
    });
    expect(paused.code).toBe(130);
    const partial = await entry('tiny-reader');
    expect(partial).toMatchObject({ state: 'partial', fetching: false });
    delete hub.faults.slowMs;

    const pulled = await run(['models', 'pull', 'tiny-reader']);
    expect(pulled.code, pulled.err).toBe(0);
    expect(pulled.out).toBe('tiny-reader\n');
    if ((partial?.bytesHere ?? 0) > 0) {
      expect(hub.requests.at(-1)?.range).toBe(`bytes=${partial?.bytesHere}-`);
    }
    expect((await run(['models'])).out).toContain('tiny-reader  Tiny reader');

    const removed = await run(['models', 'remove', 'tiny-reader']);
    expect(removed.code, removed.err).toBe(0);
    expect(await entry('tiny-reader')).toMatchObject({ state: 'absent', bytesHere: 0 });
    expect(await readdir(join(hubCache, 'models--owner--tiny', 'blobs'))).toEqual([]);
  }, timeout);

  it('leaves what other programs have put into the cache', async () => {
    const blobs = join(hubCache, 'models--owner--tiny', 'blobs');
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, sha256(tinyReader())), tinyReader());
    expect(JSON.parse((await run(['models', 'pull', 'tiny-reader', '--json'])).out)).toMatchObject({ files: [{ from: 'cache' }] });
    expect((await run(['models', 'remove', 'tiny-reader'])).code).toBe(0);
    expect(await readdir(blobs)).toEqual([sha256(tinyReader())]);
  }, timeout);

  it('finds what is broken, and mends it', async () => {
    const { folder } = JSON.parse((await run(['models', 'pull', 'tiny-reader', '--json'])).out) as ModelPullResult;
    const weights = join(folder, 'tiny.gguf');
    const bytes = tinyReader();
    bytes[bytes.length - 5]! ^= 1;
    await rm(weights);
    await writeFile(weights, bytes);
    const verified = await run(['models', 'verify', 'tiny-reader']);
    expect(verified).toMatchObject({ code: 1, out: 'hash     tiny.gguf\n' });
    await writeFile(weights, 'short');
    expect(await entry('tiny-reader')).toMatchObject({ state: 'broken', problem: expect.stringContaining('5 bytes') as string });
    expect((await run(['models', 'pull', 'tiny-reader'])).code).toBe(0);
    expect((await run(['models', 'verify', 'tiny-reader'])).code).toBe(0);
  }, timeout);

  it('takes nothing else later than at first', async () => {
    expect((await run(['models', 'pull', 'tiny-reader'])).code).toBe(0);
    await run(['models', 'remove', 'tiny-reader']);
    const other = Buffer.from(tinyReader());
    other[other.length - 5]! ^= 1;
    addTinyReader(hub, other);
    const again = await run(['models', 'pull', 'tiny-reader']);
    expect(again.code).toBe(1);
    expect(again.err).toContain('DownloadCorrupt');
  }, timeout);

  it('says what to do about licences, tokens, and models that are not there, and never the token', async () => {
    catalogue = await catalogueWith(tinyEntry({ licence: { name: 'Research only', mustAccept: true, gated: true } }), tinyEntry({ id: 'not-yet', runs: 'notYet', howToRun: 'Wait.' }));
    expect((await run(['models', 'pull', 'tiny-reader'])).err).toContain('LicenceNotAccepted');
    hub.faults.wantsToken = 'hf_secret';
    const accepted = ['models', 'pull', 'tiny-reader', '--accept-licence', '--verbose'];
    expect((await run(accepted)).err).toContain('HF_TOKEN');
    const wrong = await run(accepted, { env: { HF_TOKEN: 'hf_wrong_one' } });
    expect(wrong.err).toContain('TokenNeeded');
    expect(wrong.err + wrong.out).not.toContain('hf_wrong_one');
    const right = await run(accepted, { env: { HF_TOKEN: 'hf_secret' } });
    expect(right.code, right.err).toBe(0);
    expect(right.err + right.out).not.toContain('hf_secret');
    expect((await run(['models', 'pull', 'not-yet'])).err).toContain('Wait.');
    expect((await run(['models', 'pull', 'nobody'])).err).toContain('ModelUnknown');
    expect((await run(['models', 'remove', 'videochat-mini'])).err).toContain('not removed');
  }, timeout);

  it.skipIf(smallDiskMissing)('keeps what has come when the disk is full, and goes on', async () => {
    const disk = await SmallDisk.mount(24 * 1024);
    try {
      [cache, hubCache] = [await disk.folder('cache'), await disk.folder('hub')];
      await fillUp(disk);
      const refused = await run(['models', 'pull', 'tiny-reader']);
      expect(refused.err).toContain('DiskFull');
      expect(hub.requests.some(({ server }) => server === 'store')).toBe(false);
      await disk.free();

      hub.faults.slowMs = 100;
      const pulling = run(['models', 'pull', 'tiny-reader']);
      await expect.poll(() => hub.requests.some(({ server }) => server === 'store'), { timeout }).toBe(true);
      await fillUp(disk);
      const full = await pulling;
      expect(full).toMatchObject({ code: 1, err: expect.stringContaining('DiskFull') as string });
      await disk.free();
      delete hub.faults.slowMs;
      expect((await run(['models', 'pull', 'tiny-reader'])).code).toBe(0);
    } finally {
      await disk.unmount();
    }
  }, timeout);
});
