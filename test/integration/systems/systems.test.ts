import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrompt, type PromptMedium } from '../../../server/chat/buildPrompt.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { picturesInPieces } from '../../../server/models/pieceRules.js';
import { checkPrompt, promptParts, renderPrompt } from '../../../server/models/prompt.js';
import { AudioEncoder } from '../../../server/vision/audioEncoder.js';
import { PrefixEncoder, type WeightedVector } from '../../../server/vision/prefixEncoder.js';
import { VisionEncoder } from '../../../server/vision/visionEncoder.js';
import type { Embeddings } from '../../../server/vision/embeddings.js';
import { removeTemporaryFolders } from '../../fixtures/tinyEncoder.js';
import { largestDifference } from '../model/modelGoldens.js';
import { type GoldenSystem, type GoldenView, type GoldenVisual, goldenPixels, goldenSound, systems, unpackSystem, unpackValues } from './golden.js';

const logger = { log: () => undefined };

afterAll(removeTemporaryFolders);

describe.each(systems)('%s, generated weights of reduced width', (name) => {
  let system: GoldenSystem;
  const encoders = new Map<string, VisionEncoder>();
  const seen = new Map<string, Embeddings>();
  let language: LanguageModel;
  let ears: AudioEncoder | undefined;
  let makesPrefix: PrefixEncoder | undefined;

  /** The graph for files of a kind. */
  async function encoderOf(kind: 'video' | 'image'): Promise<VisionEncoder> {
    const { manifest, folder } = system;
    const { image, ...encoder } = manifest.encoder;
    const key = image ? kind : 'video';
    const known = encoders.get(key) ?? (await VisionEncoder.load({
      manifest: key === 'image' ? { ...manifest, encoder: { ...encoder, ...image } } : manifest,
      folder,
      executionProvider: 'cpu',
      threads: 1,
      logger,
    }));
    encoders.set(key, known);
    return known;
  }

  async function look({ kind, frames, picture }: GoldenView): Promise<Embeddings> {
    const key = [kind, frames, picture].join();
    const pixels = (): Promise<Float32Array> => goldenPixels(system.manifest, { kind, frames, ...(picture ? { picture } : {}) });
    const pictures = picturesInPieces(frames, system.manifest.preprocess[kind].pieces);
    const known = seen.get(key) ?? (await (await encoderOf(kind)).encode(await pixels(), pictures));
    seen.set(key, known);
    return known;
  }

  async function listen(): Promise<Embeddings> {
    const { manifest, folder } = system;
    const { audio } = manifest;
    if (!audio) throw new Error('This system does not hear.');
    ears ??= await AudioEncoder.load({ manifest: { ...manifest, audio }, folder, threads: 1, logger });
    return ears.encode(goldenSound(audio.input));
  }

  /** The prefix that visuals make, of a system that is shown things by one. */
  async function prefixOf(visuals: readonly GoldenVisual[]): Promise<Embeddings | undefined> {
    const { manifest, folder } = system;
    const { prefix } = manifest;
    if (!prefix || visuals.length === 0) return undefined;
    makesPrefix ??= await PrefixEncoder.load({ manifest: { ...manifest, prefix }, folder, threads: 1, logger });
    const vectors: WeightedVector[] = [];
    for (const visual of visuals) {
      vectors.push({ values: (await look(visual)).data, weight: 1 });
      if (visual.sound) vectors.push({ values: (await listen()).data, weight: 1 });
    }
    return makesPrefix.encode(vectors);
  }

  beforeAll(async () => {
    system = await unpackSystem(name);
    const { manifest, folder } = system;
    const file = manifest.files[manifest.language.variants[manifest.language.default] ?? '']?.path ?? '';
    const { contextLength, adapters: beside = [] } = manifest.language;
    const adapters = beside.map(({ file: key, scale = 1 }) => ({ path: `${folder}/${manifest.files[key]?.path}`, scale }));
    language = await LanguageModel.load({ path: `${folder}/${file}`, device: 'cpu', gpuLayers: 0, threads: 1, contextLength, logger, adapters });
  });
  afterAll(async () => {
    await ears?.dispose();
    await makesPrefix?.dispose();
    await language?.dispose();
    await Promise.all([...encoders.values()].map((encoder) => encoder.dispose()));
  });

  it('has a manifest whose prompts keep all that they are given', () => {
    expect(() => checkPrompt(system.manifest)).not.toThrow();
    expect(system.manifest.demonstration).toBe(true);
  });

  it('embeds frames as the PyTorch reference does', async () => {
    expect(system.golden.cases.length).toBeGreaterThan(1);
    for (const { rows, values, ...view } of system.golden.cases) {
      const { width, data } = await look(view);
      const got = rows.flatMap((row) => [...data.subarray(row * width, (row + 1) * width)]);
      const want = unpackValues(values);
      expect(want.some((value) => Math.abs(value) > 0.1)).toBe(true);
      expect({ ...view, difference: largestDifference(got, want) < 1e-3 }).toEqual({ ...view, difference: true });
    }
  });

  it('hears as the PyTorch reference does, if it hears', async () => {
    const { sound } = system.golden;
    expect(sound === undefined).toBe(!system.manifest.abilities.includes('audio'));
    if (sound) {
      const want = unpackValues(sound.values);
      expect(want.some((value) => Math.abs(value) > 0.1)).toBe(true);
      expect(largestDifference((await listen()).data, want)).toBeLessThan(1e-3);
    }
  });

  it('adds to each layer what the PyTorch reference adds, if it is shown things by a prefix', async () => {
    const { prefixes = [] } = system.golden;
    expect(prefixes.length > 3).toBe(system.manifest.prefix !== undefined);
    for (const { visuals, values } of prefixes) {
      const want = unpackValues(values);
      expect(want.some((value) => Math.abs(value) > 0.1)).toBe(true);
      expect(largestDifference((await prefixOf(visuals))?.data ?? [], want)).toBeLessThan(1e-3);
    }
  });

  it('renders its prompts byte for byte as the original does', () => {
    expect(system.golden.prompts.length).toBeGreaterThan(3);
    for (const { name: prompt, conversation, pieces } of system.golden.prompts) {
      expect({ prompt, pieces: renderPrompt(system.manifest.prompt, conversation) }).toEqual({ prompt, pieces });
    }
  });

  it('reads no control token and no placeholder in what people write', () => {
    const { prompt } = system.manifest;
    const names = [...(prompt.specialTokens ?? []), ...Object.values(prompt.placeholders ?? {})];
    const conversation = system.golden.prompts[0]?.conversation;
    const turns = [{ question: names.join(' '), answer: names.join('') }, { question: names.join('\n') }];
    const parts = promptParts(prompt, { visuals: conversation?.visuals ?? [], turns });
    const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    expect(text).toContain(names.join(' '));
    expect(text).toContain(names.join('\n'));
    expect(parts.filter(({ kind }) => kind === 'special').every((part) => 'text' in part && names.includes(part.text))).toBe(true);
  });

  it('answers as the PyTorch reference does, from pixels to tokens', async () => {
    const { manifest, golden } = system;
    expect(golden.answers.length).toBeGreaterThan(2);
    for (const { name: asked, conversation, ids } of golden.answers) {
      const media: PromptMedium[] = [];
      const show = async (visual: GoldenVisual, fromTurn: number): Promise<void> => {
        const heard = visual.sound ? { heard: { key: 'sound', embeddings: await listen() } } : {};
        media.push({ visual, fromTurn, piece: { kind: 'embeddings', key: `${visual.kind}${visual.frames}`, embeddings: await look(visual) }, ...heard });
      };
      for (const visual of conversation.visuals) await show(visual, 0);
      for (const [turn, { visuals = [] }] of conversation.turns.entries()) {
        for (const visual of visuals) await show(visual as GoldenVisual, turn);
      }
      const said = conversation.turns.map(({ question, answer = '' }) => ({ question, answer }));
      const question = said.at(-1)?.question ?? '';
      const constants = await prefixOf(conversation.visuals);
      const prefix = constants ? [{ kind: 'prefix' as const, key: JSON.stringify(conversation.visuals), constants }] : [];
      const built = buildPrompt({ manifest, media: manifest.prefix ? [] : media, turns: said.slice(0, -1) as never, question }, 0);
      const pieces = [...prefix, ...built];
      const session = language.createSession();
      const made = await session.generate({ pieces, sampling: { temperature: 0, maxTokens: ids.length }, stop: { texts: [], ids: [] } });
      await session.dispose();
      expect({ asked, ids: made.tokens }).toEqual({ asked, ids });
    }
  });
});
