import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import type { GgufFileContents } from '../../../server/language/ggufWriter.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { tinyAdapter, tinyAdapterChanges } from '../../fixtures/tinyAdapter.js';
import { writeTinyGguf } from '../../fixtures/tinyGguf.js';
import { largestDifference } from '../model/modelGoldens.js';

let folder: string;
let weights: string;
let adapter: string;
const at = (name: string): string => path.join(folder, name);

const load = (file: string, adapters: { path: string; scale: number }[] = []): Promise<LanguageModel> =>
  LanguageModel.load({ path: file, adapters, device: 'cpu', gpuLayers: 0, threads: 1, contextLength: 128, logger: silentLogger });

/** What a model says to a question, and the scores at the end. */
async function answerOf(file: string, adapters?: { path: string; scale: number }[]): Promise<{ tokens: number[]; logits: Float32Array }> {
  const model = await load(file, adapters);
  try {
    const session = model.createSession();
    const { tokens } = await session.generate({ pieces: [{ kind: 'text', text: 'the red ball' }], sampling: { temperature: 0, maxTokens: 16 }, stop: { texts: [], ids: [] } });
    return { tokens, logits: await model.lastLogits() };
  } finally {
    await model.dispose();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-adapters-'));
  weights = await writeTinyGguf(at('tiny.gguf'));
  adapter = at('adapter.gguf');
  await writeFile(adapter, tinyAdapter());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a LoRA beside the weights', () => {
  it('says what the merged weights say, whatever its scale', async () => {
    const plain = await answerOf(weights);
    for (const scale of [1, -0.5]) {
      const merged = await answerOf(await writeTinyGguf(at('merged.gguf'), { changes: tinyAdapterChanges(scale) }));
      const beside = await answerOf(weights, [{ path: adapter, scale }]);
      expect(beside.tokens).toEqual(merged.tokens);
      expect(largestDifference(beside.logits, merged.logits)).toBeLessThan(1e-3);
      expect(beside.tokens).not.toEqual(plain.tokens);
    }
  });

  it('adds up with others, and nothing stays of it in a model without', async () => {
    const plain = await answerOf(weights);
    const both = await answerOf(weights, [{ path: adapter, scale: 1 }, { path: adapter, scale: -1 }]);
    expect(both.tokens).toEqual(plain.tokens);
    expect(largestDifference(both.logits, plain.logits)).toBeLessThan(1e-3);
    expect((await answerOf(weights)).logits).toEqual(plain.logits);
    expect((await answerOf(weights, [{ path: adapter, scale: 0 }])).logits).toEqual(plain.logits);
  });
});

describe('a LoRA that cannot be used is refused with a reason', () => {
  const renamed = (from: string, to: string) => ({ tensors }: GgufFileContents) => ({ tensors: tensors.map((tensor) => ({ ...tensor, name: tensor.name.replace(from, to) })) });
  const texts = (more: Record<string, string>) => (contents: GgufFileContents) => ({ texts: { ...contents.texts, ...more } });
  const { ModelCorrupt, ManifestInvalid, ModelFileMissing } = ErrorCode;
  const cases: [string, number, RegExp, Buffer][] = [
    ['no GGUF', ModelCorrupt, /mark/, Buffer.from('not an adapter at all')],
    ['cut off', ModelCorrupt, /outside the file/, tinyAdapter().subarray(0, -200)],
    ['weights instead of an adapter', ModelCorrupt, /no LoRA/, tinyAdapter(texts({ 'general.type': 'model' }))],
    ['a control vector', ModelCorrupt, /no LoRA/, tinyAdapter(texts({ 'adapter.type': 'controlvector' }))],
    ['another architecture', ManifestInvalid, /architecture “gemma”/, tinyAdapter(texts({ 'general.architecture': 'gemma' }))],
    ['an alpha that is no number', ModelCorrupt, /alpha/, tinyAdapter(() => ({ floats: { 'adapter.lora.alpha': NaN } }))],
    ['an alpha of another type', ModelCorrupt, /alpha/, tinyAdapter(() => ({ floats: {}, numbers: { 'adapter.lora.alpha': 16 } }))],
    ['half of a pair', ModelCorrupt, /no half/, tinyAdapter(({ tensors }) => ({ tensors: tensors.slice(1) }))],
    ['tensors of another kind', ModelCorrupt, /no half/, tinyAdapter(renamed('.lora_a', '.scale'))],
    ['a norm', ModelCorrupt, /no half/, tinyAdapter(renamed('blk.0.attn_q.weight', 'blk.0.attn_norm.weight'))],
    ['no tensors', ModelCorrupt, /no tensors/, tinyAdapter(() => ({ tensors: [] }))],
    ['layers that the weights do not have', ManifestInvalid, /no “blk.7.attn_q.weight”/, tinyAdapter(renamed('blk.0.attn_q', 'blk.7.attn_q'))],
    ['matrices of another shape', ManifestInvalid, /is \[64, 128\] there/, tinyAdapter(renamed('blk.0.attn_q', 'blk.0.ffn_up'))],
    ['halves of two ranks', ModelCorrupt, /do not fit each other/, tinyAdapter(({ tensors }) => ({ tensors: tensors.map((t, i) => (i === 1 ? { ...t, shape: [4, 48] } : t)) }))],
    ['values that are no numbers', ModelCorrupt, /not numbers/, tinyAdapter(({ tensors }) => ({ tensors: tensors.map((t, i) => (i === 3 ? { ...t, values: t.values.map(() => Infinity) } : t)) }))],
  ];
  it.each(cases)('%s', async (_, code, reason, bytes) => {
    await writeFile(at('broken.gguf'), bytes);
    const refused = await load(weights, [{ path: adapter, scale: 1 }, { path: at('broken.gguf'), scale: 1 }]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(VideoChatError);
    expect(refused).toMatchObject({ code, message: expect.stringMatching(reason) as string });
  });

  it('is not there', async () => {
    await expect(load(weights, [{ path: at('nowhere.gguf'), scale: 1 }])).rejects.toMatchObject({ code: ModelFileMissing });
  });
});
