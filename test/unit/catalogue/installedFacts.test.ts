import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { installedFacts } from '../../../server/catalogue/installedFacts.js';
import { ggufCheck } from '../../../server/language/ggufCheck.js';
import { ggufShape } from '../../../server/language/ggufShape.js';
import { writeGguf } from '../../../server/language/ggufWriter.js';
import { parseManifest } from '../../../server/models/manifest.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

const gigabyte = 1e9;
const machine = { memoryBytes: 16 * gigabyte, freeMemoryBytes: 8 * gigabyte, folder: '/tmp' };
const translate = String;
const shape = { block_count: 28, embedding_length: 1_024, context_length: 40_960, 'attention.head_count': 16, 'attention.head_count_kv': 8, 'attention.key_length': 128, 'attention.value_length': 128 };

function gguf(numbers: Record<string, number> = shape): Buffer {
  const named = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`qwen3.${name}`, value]));
  return writeGguf({ texts: { 'general.architecture': 'qwen3' }, numbers: named, tensors: [{ name: 'token_embd.weight', shape: [32, 4], values: new Float32Array(128) }] });
}

/** A model of texts whose file claims a size. */
async function model(content: Buffer, bytes = gigabyte, contextLength = 8_192) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.gguf'), content);
  const manifest = parseManifest(
    {
      ...{ schemaVersion: 1, id: 'm', name: 'm', description: '', version: '1', licence: 'MIT', demonstration: false, abilities: ['timeline'] },
      files: { language: { path: 'a.gguf', bytes, sha256: 'a'.repeat(64) } },
      language: { variants: { q8: 'language' }, default: 'q8', contextLength },
      prompt: { template: '{% for message in messages %}{{ message.content }}{% endfor %}' },
      stop: { texts: [], ids: [], trimAfter: [] },
      sampling: {},
    },
    'm',
  );
  return { folder, manifest };
}

async function factsOf(content: Buffer, bytes?: number, contextLength?: number, measured?: number) {
  const { folder, manifest } = await model(content, bytes, contextLength);
  return installedFacts(folder, manifest, machine, translate, measured);
}

describe('what a model that is here takes', () => {
  it('is read from its own file: layers, heads, context, and how its weights are kept', async () => {
    expect(await factsOf(gguf())).toMatchObject({
      facts: { architecture: 'qwen3', quantisation: 'F32', layers: 28, heads: 16, keyValueHeads: 8, trainedContext: 40_960, contextLength: 8_192, fit: 'cpu' },
    });
  });

  it('counts keys and values for the context that is used', async () => {
    const found = await factsOf(gguf());
    const cacheBytes = 2 * 2 * 28 * 8 * 128 * 8_192;
    expect(found).toMatchObject({ facts: { cacheBytes, memoryBytes: Math.round(1.05 * gigabyte + cacheBytes + 3e8) } });
    expect(await factsOf(gguf(), gigabyte, 1_024)).toMatchObject({ facts: { cacheBytes: cacheBytes / 8 } });
    expect(await factsOf(gguf(), 15 * gigabyte)).toMatchObject({ facts: { fit: 'tooLarge' } });
  });

  it('is no less than what somebody measured', async () => {
    expect(await factsOf(gguf(), 1_000, 512, 5 * gigabyte)).toMatchObject({ facts: { memoryBytes: 5 * gigabyte } });
  });

  it('takes heads from the width where the file says nothing else', async () => {
    const { 'attention.key_length': _, 'attention.value_length': __, 'attention.head_count_kv': ___, ...plain } = shape;
    // Each head is 64 wide, and has keys and values of its own.
    expect(await factsOf(gguf(plain))).toMatchObject({ facts: { keyValueHeads: 16, cacheBytes: 2 * 2 * 28 * 16 * 64 * 8_192 } });
  });

  it.each([
    ['more layers than any', { ...shape, block_count: 100_000 }],
    ['more heads than any', { ...shape, 'attention.head_count': 4_000_000_000 }],
    ['no keys at all', { ...shape, 'attention.head_count_kv': 0 }],
    ['heads as wide as a book', { ...shape, 'attention.key_length': 4_000_000_000 }],
    ['no context', { ...shape, context_length: 0 }],
  ])('is refused where the file claims %s', async (_, numbers) => {
    const found = await factsOf(gguf(numbers));
    expect(found).toHaveProperty('problem');
    expect(String(found && 'problem' in found ? found.problem : '')).toMatch(/^The model file is damaged: its .+ missing or impossible\.$/);
  });

  it('is read again when the file has changed', async () => {
    const { folder, manifest } = await model(gguf());
    expect(await installedFacts(folder, manifest, machine, translate)).toMatchObject({ facts: { layers: 28 } });
    await writeFile(join(folder, 'a.gguf'), Buffer.concat([gguf({ ...shape, block_count: 12 }), Buffer.alloc(32)]));
    expect(await installedFacts(folder, manifest, machine, translate)).toMatchObject({ facts: { layers: 12 } });
    await writeFile(join(folder, 'a.gguf'), 'no GGUF at all');
    expect(await installedFacts(folder, manifest, machine, translate)).toHaveProperty('problem');
  });

  it('is known of the model that comes with the program, whose two halves both count', async () => {
    const folder = new URL('../../../models/videochat-mini/', import.meta.url);
    const manifest = parseManifest(JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8')), 'mini');
    const { layers, keyValueHeads, cachedPerToken } = await ggufShape(new URL('language.f16.gguf', folder).pathname);
    const one = 2 * cachedPerToken * manifest.language.contextLength;
    const found = await installedFacts(folder.pathname, manifest, machine, translate);
    expect(found).toMatchObject({ facts: { architecture: 'llama', layers, keyValueHeads, fit: 'cpu' } });
    expect(found && 'facts' in found ? found.facts.cacheBytes : 0).toBeGreaterThan(one);
  });
});

it('heads of absurd sizes never reach native code', async () => {
  const golden = new URL('../../../models/videochat-mini/language.f16.gguf', import.meta.url);
  const content = await readFile(golden);
  const file = join(await temporaryFolder(), 'a.gguf');
  const key = Buffer.from('llama.attention.head_count');
  const at = content.indexOf(Buffer.concat([Buffer.from([key.length, 0, 0, 0, 0, 0, 0, 0]), key]));
  expect(at).toBeGreaterThan(0);
  content.writeUInt32LE(1_025, at + 8 + key.length + 4);
  await writeFile(file, content);
  await expect(ggufCheck(file)).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt });
});
