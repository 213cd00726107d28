import { execFileSync } from 'node:child_process';
import { link, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CatalogueRecord } from '../../../server/catalogue/catalogueSchema.js';
import { importModel } from '../../../server/catalogue/importModel.js';
import { catalogueFolder, readCatalogue } from '../../../server/catalogue/readCatalogue.js';
import { silentLogger } from '../../../server/common/logger.js';
import { discoverModels } from '../../../server/models/discoverModels.js';
import { ErrorCode, type ModelImportParams, type ModelImportResult } from '../../../server/protocol/index.js';
import { makeTinyModel, removeTemporaryFolders, sha256, temporaryFolder, tinyEncoderFile, writeManifest } from '../../fixtures/tinyEncoder.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';

const template = "{% for message in messages %}{{ message.role }}: {{ message.content }}{{ eos_token }}\n{% endfor %}assistant:";
const code = (expected: number): unknown => expect.objectContaining({ code: expected });

let catalogue: CatalogueRecord[];
let folder: string;
let home: string;
beforeAll(async () => {
  catalogue = await readCatalogue(catalogueFolder(), silentLogger);
});
beforeEach(async () => {
  folder = await temporaryFolder();
  home = join(await temporaryFolder(), 'models');
});
afterAll(removeTemporaryFolders);

const take = (path: string, params: Partial<ModelImportParams> = {}): Promise<ModelImportResult> =>
  importModel({ paths: [path], ...params }, { home, modelFolders: [home], catalogue, logger: silentLogger });

async function gguf(chatTemplate: string | undefined = template, name = 'My Model (Q8).gguf'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, tinyGguf({ contextLength: 4096, ...(chatTemplate === undefined ? {} : { chatTemplate }) }));
  return path;
}

describe('a GGUF', () => {
  it('becomes a model that reads timelines, without a second copy', async () => {
    const path = await gguf();
    const result = await take(path);
    expect(result).toMatchObject({ modelId: 'my-model-q8-', abilities: ['timeline'], how: 'link', facts: { architecture: 'llama', trainedContext: '4096', template: 'own' } });
    expect((await stat(join(result.folder, 'language.gguf'))).ino).toBe((await stat(path)).ino);
    const [entry] = await discoverModels([home], silentLogger);
    expect(entry).toMatchObject({ id: 'my-model-q8-', manifest: { name: 'tiny random model', language: { contextLength: 4096 } } });
    expect(entry?.problem).toBeUndefined();
  });

  it('is named by who imports it, once', async () => {
    const path = await gguf();
    await take(path, { id: 'mine', name: 'Mine', licence: 'MIT', contextLength: 256 });
    expect((await discoverModels([home], silentLogger))[0]?.manifest).toMatchObject({ id: 'mine', name: 'Mine', licence: 'MIT', language: { contextLength: 256 } });
    await expect(take(path, { id: 'mine' })).rejects.toEqual(code(ErrorCode.InvalidParams));
    await expect(take(path, { id: 'qwen3-4b' })).rejects.toEqual(code(ErrorCode.InvalidParams));
  });

  it('with a template that wants roles in turn is talked to as its family is', async () => {
    const strict = "{% if messages[1] and messages[0].role == messages[1].role %}{{ raise_exception('roles must alternate') }}{% endif %}<|im_start|>";
    expect((await take(await gguf(strict))).facts).toMatchObject({ template: 'family' });
  });

  it('is refused without a template, or with one that shows nothing', async () => {
    const plain = join(folder, 'base.gguf');
    await writeFile(plain, tinyGguf());
    await expect(take(plain)).rejects.toEqual(code(ErrorCode.ImportRefused));
    await expect(take(await gguf('hello'))).rejects.toEqual(code(ErrorCode.ImportRefused));
    await expect(take(await gguf('{% for i in range(1000000000) %}x{% endfor %}'))).rejects.toEqual(code(ErrorCode.ImportRefused));
  });

  it('is refused where its counts are absurd, or it is cut off', async () => {
    const bytes = tinyGguf({ chatTemplate: template });
    const absurd = Buffer.from(bytes);
    absurd.writeBigUInt64LE(2n ** 60n, 8);
    const path = join(folder, 'absurd.gguf');
    await writeFile(path, absurd);
    await expect(take(path)).rejects.toEqual(code(ErrorCode.ModelCorrupt));
    await writeFile(path, bytes.subarray(0, bytes.length >> 1));
    await expect(take(path)).rejects.toEqual(code(ErrorCode.ModelCorrupt));
    expect(await discoverModels([home], silentLogger)).toEqual([]);
  });
});

describe('what is no model', () => {
  it.each([
    ['an archive', 'model.zip', Buffer.from('PK\u0003\u0004rest')],
    ['a bomb that calls itself GGUF', 'model.gguf', gzipSync(Buffer.alloc(1_000_000))],
    ['a checkpoint', 'model.safetensors', Buffer.from('{}')],
    ['a text', 'model.txt', Buffer.from('hello')],
    ['nothing', 'model.gguf', Buffer.alloc(0)],
    ['a lone graph', 'vision.onnx', Buffer.from('hello')],
  ])('%s is refused with a reason', async (_, name, content) => {
    const path = join(folder, name);
    await writeFile(path, content);
    await expect(take(path)).rejects.toEqual(code(ErrorCode.ImportRefused));
  });

  it('nothing there, a folder without a manifest, or a pipe', async () => {
    await expect(take(join(folder, 'nobody.gguf'))).rejects.toEqual(code(ErrorCode.ImportRefused));
    await expect(take(folder)).rejects.toEqual(code(ErrorCode.ImportRefused));
    if (process.platform !== 'win32') {
      const pipe = join(folder, 'pipe.gguf');
      execFileSync('mkfifo', [pipe]);
      await expect(take(pipe)).rejects.toEqual(code(ErrorCode.ImportRefused));
    }
  });
});

describe('a folder with a manifest', () => {
  async function model(change: (manifest: Awaited<ReturnType<typeof makeTinyModel>>['manifest'], at: string) => void | Promise<void> = () => undefined): Promise<string> {
    const { folder: at, manifest } = await makeTinyModel();
    const weights = tinyGguf({ width: 32, contextLength: 2048 });
    await writeFile(join(at, 'language.gguf'), weights);
    manifest.files['language-f16'] = { path: 'language.gguf', bytes: weights.length, sha256: sha256(weights) };
    await change(manifest, at);
    await writeManifest(at, manifest);
    return at;
  }

  it('becomes the model that it describes', async () => {
    const result = await take(await model());
    expect(result).toMatchObject({ modelId: 'tiny', abilities: ['chat', 'image'], how: 'link' });
    expect((await discoverModels([home], silentLogger))[0]?.problem).toBeUndefined();
  });

  it('is refused where a file leads out, is another, or is absolute', async () => {
    const outside = join(folder, 'outside.gguf');
    await writeFile(outside, tinyGguf({ width: 32, contextLength: 2048 }));
    const leading = await model(async (manifest, at) => {
      manifest.files['language-f16']!.path = 'link.gguf';
      await symlink(outside, join(at, 'link.gguf'));
    });
    await expect(take(leading)).rejects.toEqual(code(ErrorCode.ManifestInvalid));
    await expect(take(await model((manifest) => void (manifest.files['language-f16']!.sha256 = 'a'.repeat(64))))).rejects.toEqual(code(ErrorCode.ModelHashMismatch));
    for (const path of ['/etc/passwd', '../outside.gguf', 'C:/x']) {
      await expect(take(await model((manifest) => void (manifest.files['language-f16']!.path = path)))).rejects.toEqual(code(ErrorCode.ManifestInvalid));
    }
  });

  it('is refused where its graph would read files that the manifest does not name', async () => {
    const graph = await readFile(tinyEncoderFile('tinyEncoder.external.onnx'));
    const unnamed = await model(async (manifest, at) => {
      manifest.files['vision-fp32'] = { path: 'external.onnx', bytes: graph.length, sha256: sha256(graph) };
      await writeFile(join(at, 'external.onnx'), graph);
      await link(tinyEncoderFile('tinyEncoder.external.data'), join(at, 'tinyEncoder.external.data')).catch(() => mkdir(join(at, 'unused')));
    });
    await expect(take(unnamed)).rejects.toEqual(code(ErrorCode.ImportRefused));
  });
});

describe('a vision encoder and a GGUF', () => {
  const golden = (name: string): string => fileURLToPath(new URL(`../../golden/systems/smolvlm2/${name}`, import.meta.url));
  async function unpack(name: string, to: string): Promise<string> {
    const path = join(folder, to);
    await writeFile(path, gunzipSync(await readFile(golden(name))));
    return path;
  }

  it('laid out as SmolVLM2 become a model that sees, with the sizes that the files have', async () => {
    const paths = [await unpack('language.f16.gguf.gz', 'Smol.gguf'), await unpack('vision_encoder.onnx.gz', 'vision_encoder.onnx')];
    const result = await take('', { paths });
    expect(result).toMatchObject({ modelId: 'smol', abilities: ['chat', 'image'], how: 'link', facts: { side: '64', rowsPerFrame: '64', width: '48' } });
    const [entry] = await discoverModels([home], silentLogger);
    expect(entry).toMatchObject({ id: 'smol', manifest: { framePlan: 'rate:1', encoder: { output: { rowsPerFrame: 64, width: 48 } } } });
    expect(entry?.problem).toBeUndefined();
  });

  it('of other layouts are refused with a reason', async () => {
    const paths = [await gguf(), tinyEncoderFile('tinyEncoder.onnx')];
    await expect(take('', { paths })).rejects.toMatchObject({ code: ErrorCode.ImportRefused, message: expect.stringContaining('no SmolVLM2') as string });
    const language = await unpack('language.f16.gguf.gz', 'smol.gguf');
    await expect(take('', { paths: [tinyEncoderFile('tinyEncoder.onnx'), language] })).rejects.toMatchObject({ code: ErrorCode.ImportRefused, message: expect.stringContaining('inputs and outputs') as string });
    await expect(take('', { paths: [tinyEncoderFile('tinyEncoder.external.onnx'), language] })).rejects.toMatchObject({ message: expect.stringContaining('other files') as string });
    await expect(take('', { paths: [language, language] })).rejects.toEqual(code(ErrorCode.InvalidParams));
  });
});
