import { describe, expect, it } from 'vitest';
import { findTextLines, inReadingOrder, prepareTextDetection, readTextBoxes } from '../../../server/perception/detectors/textDetection.js';
import { readTextLine, readTextLines } from '../../../server/perception/detectors/textRecognition.js';
import type { TextLine } from '../../../server/perception/observations.js';
import type { RgbFrame } from '../../../server/perception/perception.js';
import { drawnText, perceptionFixture, pictureOf, shippedCharacters, shippedModel, sizesOf } from '../../fixtures/perceptionModels.js';

async function read(frame: RgbFrame): Promise<TextLine[]> {
  const [detection, recognition] = [await shippedModel('texts', 'detection'), await shippedModel('texts', 'recognition')];
  const sizes = sizesOf(frame);
  const regions = await findTextLines(sizes, detection.manifest, detection.run);
  return readTextLines(sizes, regions, recognition.manifest, await shippedCharacters(), recognition.run);
}
const words = (lines: readonly TextLine[]): string[] => lines.map(({ text }) => text.replace(/\s/g, ''));

describe('PP-OCRv4', () => {
  it('reads burnt-in lines in reading order, and where they are', async () => {
    const lines = await read(
      await drawnText([
        { text: 'EXIT', size: 40, x: 480, y: 30 },
        { text: 'Platform 7 to Cambridge', size: 30, x: 40, y: 200 },
        { text: 'Welcome', size: 48, x: 40, y: 24 },
      ]),
    );
    expect(words(lines)).toEqual(['Welcome', 'EXIT', 'Platform7toCambridge']);
    const [welcome] = lines;
    expect(welcome?.score).toBeGreaterThan(0.8);
    expect(welcome?.box[0]).toBeGreaterThan(20 / 640);
    expect(welcome?.box[0]).toBeLessThan(48 / 640);
    expect(welcome?.box[1]).toBeLessThan(36 / 360);
    expect((welcome?.box[1] ?? 0) + (welcome?.box[3] ?? 0)).toBeGreaterThan(56 / 360);
  });

  it('reads Chinese', async () => {
    expect(words(await read(await pictureOf(['-i', perceptionFixture('chinese.png')], 480, 160)))).toEqual(['欢迎来到北京', '第3站台Platform']);
  });

  it('enlarges small pictures, so that small letters can be read', async () => {
    expect(words(await read(await drawnText([{ text: 'Gate B42 boarding', size: 14, x: 20, y: 60 }], 320, 180)))).toEqual(['GateB42boarding']);
  });

  it('takes a blob for a character only when it is sure', async () => {
    const { manifest } = await shippedModel('texts', 'recognition');
    const characters = await shippedCharacters();
    const columns = (best: number[], probability: number) => {
      const data = new Float32Array(best.length * (characters.length + 2));
      best.forEach((index, i) => (data[i * (characters.length + 2) + index] = probability));
      return async () => ({ [manifest.recognition.output]: { type: 'float32' as const, data, dims: [1, best.length, characters.length + 2] } });
    };
    const sizes = sizesOf({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) });
    const region = [{ left: 0, top: 0, width: 40, height: 20 }];
    const texts = async (best: number[], probability: number) => (await readTextLines(sizes, region, manifest, characters, columns(best, probability))).map(({ text }) => [...text].length);
    expect(await texts([5], 0.7)).toEqual([]);
    expect(await texts([5], 0.95)).toEqual([1]);
    expect(await texts([5, 6], 0.7)).toEqual([2]);
    expect(await texts([5, 6], 0.6)).toEqual([]);
  });

  it('reads nothing where nothing is written', async () => {
    expect(await read(await pictureOf(['-i', perceptionFixture('campus.jpg')], 768, 576))).toEqual([]);
    expect(await read({ width: 33, height: 7, data: new Uint8Array(33 * 7 * 3) })).toEqual([]);
  });

  it('pads its input to multiples of 32 and never stretches it', async () => {
    const { manifest } = await shippedModel('texts', 'detection');
    const input = prepareTextDetection(sizesOf({ width: 960, height: 540, data: new Uint8Array(960 * 540 * 3) }), manifest);
    expect([input.scale, input.width, input.height, ...input.tensor.dims]).toEqual([1, 960, 544, 1, 3, 544, 960]);
    const large = prepareTextDetection(sizesOf({ width: 1920, height: 100, data: new Uint8Array(1920 * 100 * 3) }), manifest);
    expect([large.scale, large.width, large.height]).toEqual([0.5, 960, 64]);
  });

  it('widens blobs to lines, and leaves out what is small or unsure', async () => {
    const { manifest } = await shippedModel('texts', 'detection');
    const [width, height] = [64, 32];
    const map = new Float32Array(width * height);
    const fill = (x: number, y: number, w: number, h: number, value: number): void => {
      for (let row = y; row < y + h; row++) map.fill(value, row * width + x, row * width + x + w);
    };
    fill(10, 10, 20, 4, 0.9);
    fill(40, 2, 20, 2, 0.9); // too thin
    fill(40, 20, 20, 6, 0.4); // unsure
    const input = { tensor: { type: 'float32' as const, data: map, dims: [] }, scale: 0.5, width, height };
    const more = (20 * 4 * manifest.detection.unclip) / (2 * 24);
    const [line, ...others] = readTextBoxes(map, input, { width: 128, height: 64 }, manifest);
    expect(others).toEqual([]);
    expect(line?.left).toBeCloseTo((10 - more) * 2);
    expect(line?.width).toBeCloseTo((20 + 2 * more) * 2);
    expect(line?.height).toBeCloseTo((4 + 2 * more) * 2);
  });

  it('sorts slightly crooked rows from left to right', () => {
    const at = (left: number, top: number) => ({ left, top, width: 50, height: 20 });
    expect(inReadingOrder([at(200, 4), at(0, 40), at(100, 0), at(0, 7)]).map(({ left, top }) => [left, top])).toEqual([
      [0, 7],
      [100, 0],
      [200, 4],
      [0, 40],
    ]);
  });

  it('joins repeats and drops blanks (CTC)', () => {
    // Classes: blank, a, b, space.
    const columns = [1, 1, 0, 1, 2, 3, 2, 0].flatMap((best) => [0, 1, 2, 3].map((i) => (i === best ? 0.7 : 0.1)));
    const { text, score } = readTextLine(Float32Array.from(columns), ['a', 'b']);
    expect(text).toBe('aab b');
    expect(score).toBeCloseTo(0.7);
    expect(readTextLine(new Float32Array(0), ['a', 'b'])).toEqual({ text: '', score: 0 });
  });
});
