import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GgufReader } from '../../../server/language/ggufReader.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { releaseMappedPages } from '../../../server/language/mappedPages.js';
import type { PromptPiece } from '../../../server/language/prompt.js';
import type { SeeingManifest } from '../../../server/models/manifest.js';
import { renderPrompt } from '../../../server/models/prompt.js';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import type { Embeddings } from '../../../server/vision/embeddings.js';
import {
  largestDifference,
  modelFolder,
  modelMissing,
  readAnswers,
  readInputs,
  readManifest,
  readPixels,
  readTexts,
  type GoldenAnswer,
} from './modelGoldens.js';

const logger = { log: () => undefined };
const none = { texts: [], ids: [] };

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Rows of the token table of an F16 GGUF. */
async function tokenRows(file: string, ids: readonly number[], width: number): Promise<Float32Array> {
  const bytes = await readFile(file);
  const header = new GgufReader(bytes).header();
  const table = header.tensors.find(({ name }) => name === 'token_embd.weight');
  const start = Math.ceil(header.end / 32) * 32 + (table?.offset ?? 0);
  return Float32Array.from({ length: ids.length * width }, (_, i) =>
    half(bytes.readUInt16LE(start + 2 * ((ids[Math.floor(i / width)] ?? 0) * width + (i % width)))),
  );
}

describe.skipIf(modelMissing)(`videochat-mini's language model (${modelMissing ?? 'shipped weights'})`, () => {
  let manifest: SeeingManifest;
  let model: LanguageModel;
  const file = () => path.join(modelFolder, manifest.files['language-f16']?.path ?? '');

  beforeAll(async () => {
    manifest = await readManifest();
    model = await LanguageModel.load({
      path: file(),
      device: 'cpu',
      gpuLayers: 0,
      threads: 1,
      contextLength: manifest.language.contextLength,
      logger,
    });
  });
  afterAll(() => model?.dispose());

  it('tokenises as in training: spaces, newlines, unknown characters, capitals', async () => {
    const texts = await readTexts();
    expect(texts.length).toBeGreaterThan(80);
    for (const { text, ids } of texts) {
      expect({ text, ids: model.tokenize(text, { bos: false }) }).toEqual({ text, ids });
    }
  });

  it('has the same logits after embedding rows as after the tokens they belong to', async () => {
    const { ids } = (await readTexts()).find(({ text }) => text.startsWith('</Video>')) ?? { ids: [] };
    expect(ids.length).toBeGreaterThan(10);
    const data = await tokenRows(file(), ids, model.embeddingWidth);
    const rows: PromptPiece = { kind: 'embeddings', key: 'rows', embeddings: { rows: ids.length, width: model.embeddingWidth, data } };
    const tail: PromptPiece = { kind: 'tokens', ids: [300, 400, 500] };
    const logits: Float32Array[] = [];
    for (const piece of [rows, { kind: 'tokens', ids } satisfies PromptPiece]) {
      const session = model.createSession();
      await session.generate({ pieces: [{ kind: 'tokens', ids: [1] }, piece, tail], sampling: { temperature: 0, maxTokens: 1 }, stop: none });
      logits.push(Float32Array.from(await model.lastLogits()));
      await session.dispose();
    }
    expect(logits[0]?.some((value) => Math.abs(value) > 0.1)).toBe(true);
    expect(largestDifference(logits[0] ?? [], logits[1] ?? [])).toBe(0);
  });

  it('computes the same after its mapped weights left the process', async () => {
    const logits: Float32Array[] = [];
    for (let round = 0; round < 2; round++) {
      const session = model.createSession();
      const ids = [1, 300 + round, 400, 500, 600];
      await session.generate({ pieces: [{ kind: 'tokens', ids }], sampling: { temperature: 0, maxTokens: 1 }, stop: none });
      model.releasePages();
      await session.generate({ pieces: [{ kind: 'tokens', ids: [1, 7] }], sampling: { temperature: 0, maxTokens: 1 }, stop: none });
      logits.push(Float32Array.from(await model.lastLogits()));
      await session.dispose();
    }
    expect(logits[0]?.every(Number.isFinite)).toBe(true);
    expect(logits[1]).toEqual(logits[0]);
    expect(process.platform !== 'linux' || releaseMappedPages(file()) > 0).toBe(true);
  });

  it('answers every golden prompt as the PyTorch reference does, from pixels to text', async () => {
    const { maxTokens, prompts } = await readAnswers();
    expect(prompts.length).toBeGreaterThanOrEqual(50);
    expect(prompts.some(({ history }) => history.length > 0)).toBe(true);
    const clips = await encodeClips(manifest);
    const wrong: unknown[] = [];
    for (const prompt of prompts) {
      const session = model.createSession();
      const made = await session.generate({
        pieces: pieces(manifest, prompt, clips[prompt.clip]),
        sampling: { ...manifest.sampling, temperature: 0, maxTokens },
        stop: manifest.stop,
      });
      await session.dispose();
      // Byte tokens of a random model need not be UTF-8, so tokens are compared before text.
      if (made.tokens.join() !== prompt.ids.join() || made.text.trim() !== prompt.answer) {
        wrong.push({ question: prompt.question, expected: prompt.answer, ids: prompt.ids, got: made.text, tokens: made.tokens });
      }
    }
    expect(wrong).toEqual([]);
  });
});

async function encodeClips(manifest: SeeingManifest): Promise<Embeddings[]> {
  const encoder = await VisionEncoder.load({ manifest, folder: modelFolder, executionProvider: 'cpu', threads: 1, variant: 'fp32', logger });
  const clips: Embeddings[] = [];
  const [count] = (await readInputs()).shape;
  for (let clip = 0; clip < count; clip++) {
    const frames = Array.from({ length: 8 }, (_, i) => 8 * clip + i);
    clips.push(await encoder.encode(await readPixels(manifest, frames), 8));
  }
  await encoder.dispose();
  return clips;
}

function pieces(manifest: SeeingManifest, prompt: GoldenAnswer, embeddings: Embeddings | undefined): PromptPiece[] {
  const turns = [...prompt.history.map(([question, answer]) => ({ question, answer })), { question: prompt.question }];
  const [before, after] = renderPrompt(manifest.prompt, { visuals: [{ kind: 'video', timeMessage: prompt.timeMessage }], turns });
  if (!embeddings || before === undefined || after === undefined) {
    throw new Error('The golden prompt does not fit the manifest.');
  }
  return [
    { kind: 'text', text: before },
    { kind: 'embeddings', key: `clip${prompt.clip}`, embeddings },
    { kind: 'text', text: after },
  ];
}
