import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { onnxRuntimePath } from '../../../server/common/onnxRuntimePath.js';
import type { DualEncoderManifest, Pooling } from '../../../server/models/dualEncoderManifest.js';
import { graphOpener } from '../../../server/perception/openGraph.js';
import { DualEncoder } from '../../../server/retrieval/dualEncoder.js';
import { pooled } from '../../../server/retrieval/pooled.js';
import { TextTokens } from '../../../server/retrieval/textTokens.js';
import type { RgbFrame } from '../../../server/video/decodeStretches.js';
import { dualEncoderFile, tinyDualEncoderManifest, type TinyLayout } from '../../fixtures/tinyDualEncoder.js';

interface Golden {
  pictures: Record<TinyLayout, Record<Pooling, number[]>>;
  tokens: Record<TinyLayout, Record<string, number[]>>;
  texts: Record<TinyLayout, Record<string, number[]>>;
}
const golden = JSON.parse(readFileSync(new URL('../../golden/retrieval/dualEncoder.json', import.meta.url), 'utf8')) as Golden;
const both: TinyLayout[] = ['clip', 'siglip'];
type Change = (retrieval: DualEncoderManifest['retrieval']) => unknown;

function open(layout: TinyLayout, change?: Change): Promise<DualEncoder> {
  const files = { picture: dualEncoderFile(layout, 'vision.onnx'), text: dualEncoderFile(layout, 'text.onnx'), tokenizer: dualEncoderFile(layout, 'tokenizer.json') };
  return DualEncoder.open({ manifest: tinyDualEncoderManifest(layout, change), files, threads: 1 }, graphOpener(onnxRuntimePath()));
}

/** The picture of makeTinyDualEncoder.py. */
function picture(): RgbFrame {
  const [width, height] = [80, 45];
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data.set([x * 7 + y * 3, x * x + 5 * y, 255 - x * 2 + y * 11], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
const farthest = (found: Float32Array, expected: readonly number[]): number => Math.max(...expected.map((value, i) => Math.abs(value - (found[i] ?? NaN))));
const length = (vector: Float32Array): number => Math.hypot(...vector);

describe.each(both)('a pair of encoders laid out like %s', (layout) => {
  it('embeds a picture as PIL and torch do, by each way of pooling', async () => {
    for (const pooling of ['none', 'first', 'last', 'mean'] as const) {
      const output = pooling === 'none' ? {} : { output: 'last_hidden_state', pooling };
      const encoder = await open(layout, (retrieval) => ({ ...retrieval, picture: { ...retrieval.picture, ...output } }));
      const vector = await encoder.embedPicture(picture());
      expect(length(vector)).toBeCloseTo(1, 5);
      expect(farthest(vector, golden.pictures[layout][pooling]), pooling).toBeLessThan(1e-3);
    }
  });

  it('makes the same tokens and embeddings of texts', async () => {
    const { text } = tinyDualEncoderManifest(layout).retrieval;
    const tokens = TextTokens.parse(readFileSync(dualEncoderFile(layout, 'tokenizer.json'), 'utf8'), text);
    const encoder = await open(layout);
    for (const [asked, ids] of Object.entries(golden.tokens[layout])) {
      expect([...tokens.of(asked).ids].map(Number)).toEqual(ids);
      expect(farthest(await encoder.embedText(asked), golden.texts[layout][asked] ?? []), asked).toBeLessThan(1e-3);
    }
  });

  it('cuts what is too long, and keeps its end mark', async () => {
    const { text } = tinyDualEncoderManifest(layout).retrieval;
    const tokens = TextTokens.parse(readFileSync(dualEncoderFile(layout, 'tokenizer.json'), 'utf8'), text);
    const { ids, mask } = tokens.of('red '.repeat(3000));
    expect([ids.length, mask.every((each) => each === 1n)]).toEqual([text.length, true]);
    expect(Number(ids.at(-1))).toBe(golden.tokens[layout]['red']?.at(-1));
    expect(tokens.of('').ids.length).toBe(text.padding === undefined ? 2 : text.length);
  });

  it('puts a picture of a colour near its name', async () => {
    const encoder = await open(layout);
    const red = await encoder.embedPicture({ width: 8, height: 8, data: new Uint8Array(192).map((_, i) => (i % 3 === 0 ? 220 : 30)) });
    const near = async (text: string): Promise<number> => (await encoder.embedText(text)).reduce((sum, value, i) => sum + value * (red[i] ?? 0), 0);
    expect(await near('red')).toBeGreaterThan(0.8);
    expect(await near('blue')).toBeLessThan(0.2);
  });
});

describe('a graph that is not what its manifest says', () => {
  it.each<[string, Change, RegExp]>([
    ['another width', (retrieval) => ({ ...retrieval, width: 64 }), /not what the manifest describes/],
    ['no such output', (retrieval) => ({ ...retrieval, picture: { ...retrieval.picture, output: 'logits' } }), /"logits"|logits/],
    ['rows where one was promised', (retrieval) => ({ ...retrieval, picture: { ...retrieval.picture, output: 'last_hidden_state' } }), /not what the manifest describes/],
    ['no such input', (retrieval) => ({ ...retrieval, picture: { ...retrieval.picture, input: 'pixels' } }), /pixel_values|pixels/],
  ])('%s', async (_, change, message) => {
    const encoder = await open('clip', change);
    await expect(encoder.embedPicture(picture())).rejects.toThrow(message);
  });

  it('is none without a tokeniser', () => {
    for (const json of ['', '{}', '[]', '{"model":{"type":"Spell"}}', 'null']) {
      expect(() => TextTokens.parse(json, { length: 8 }).of('red')).toThrow();
    }
  });

  it('has no direction', () => {
    const of = (data: number[]): Float32Array => pooled({ x: { type: 'float32', data: Float32Array.from(data), dims: [1, data.length] } }, { output: 'x', pooling: undefined, width: data.length });
    for (const data of [[0, 0], [NaN, 1], [Infinity, 1]]) {
      expect(() => of(data)).toThrow('no direction');
    }
    expect([...of([3, 4])].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8]);
  });
});
