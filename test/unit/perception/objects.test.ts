import { describe, expect, it } from 'vitest';
import { overlap, withoutOverlaps } from '../../../server/perception/boxes.js';
import { detectObjects, objectViews, prepareObjects, readObjects } from '../../../server/perception/detectors/nanodet.js';
import type { Box } from '../../../server/perception/observations.js';
import { perceptionFixture, pictureOf, shippedModel, sizesOf } from '../../fixtures/perceptionModels.js';

const campus = (width = 768, height = 576, filters?: string) => pictureOf(['-i', perceptionFixture('campus.jpg')], width, height, filters);

describe('boxes', () => {
  it('overlap by their shared area', () => {
    expect(overlap([0, 0, 0.5, 1], [0.25, 0, 0.5, 1])).toBeCloseTo(1 / 3);
    expect(overlap([0, 0, 0.2, 0.2], [0.5, 0.5, 0.2, 0.2])).toBe(0);
    expect(overlap([0, 0, 0, 0], [0, 0, 0, 0])).toBe(0);
  });

  it('of one group are kept once, the best of them', () => {
    const at = (label: string, score: number, x: number): { label: string; score: number; box: Box } => ({ label, score, box: [x, 0, 0.2, 0.2] });
    const kept = withoutOverlaps([at('car', 0.5, 0), at('car', 0.9, 0.01), at('truck', 0.6, 0), at('car', 0.7, 0.5)], 0.5, ({ label }) => label);
    expect(kept.map(({ label, score }) => `${label} ${score}`)).toEqual(['car 0.9', 'car 0.7', 'truck 0.6']);
  });
});

describe('NanoDet', () => {
  it('finds the people and the cars of a street', async () => {
    const { manifest, run } = await shippedModel('objects');
    const found = await detectObjects(sizesOf(await campus()), manifest, run);
    const labels = found.map(({ label }) => label);
    expect(labels.filter((label) => label === 'person').length).toBeGreaterThanOrEqual(4);
    expect(labels.some((label) => label === 'truck' || label === 'car')).toBe(true);
    for (const { score, box } of found) {
      expect(score).toBeGreaterThan(manifest.scoreThreshold);
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
      expect(Math.max(box[0] + box[2], box[1] + box[3])).toBeLessThanOrEqual(1.000001);
    }
    // People stand: their boxes are higher than wide, in pixels.
    const persons = found.filter(({ label }) => label === 'person');
    expect(persons.filter(({ box }) => box[3] * 576 > box[2] * 768).length).toBeGreaterThanOrEqual(persons.length - 1);
  });

  it('finds them again where the picture is mirrored', async () => {
    const { manifest, run } = await shippedModel('objects');
    const [plain, mirrored] = [await detectObjects(sizesOf(await campus()), manifest, run), await detectObjects(sizesOf(await campus(768, 576, 'hflip')), manifest, run)];
    const best = plain.find(({ label }) => label === 'person');
    const expected: Box = best ? [1 - best.box[0] - best.box[2], best.box[1], best.box[2], best.box[3]] : [0, 0, 0, 0];
    expect(Math.max(...mirrored.filter(({ label }) => label === 'person').map(({ box }) => overlap(box, expected)))).toBeGreaterThan(0.7);
  });

  it('finds nothing in a plain picture', async () => {
    const { manifest, run } = await shippedModel('objects');
    const data = new Uint8Array(640 * 480 * 3).fill(90);
    expect(await detectObjects(sizesOf({ width: 640, height: 480, data }), manifest, run)).toEqual([]);
  });

  it('wants its pixels blue first, by mean and deviation', async () => {
    const { manifest } = await shippedModel('objects');
    const data = new Uint8Array(416 * 416 * 3).map((_, i) => [200, 100, 50][i % 3] ?? 0); // RGB
    const [view] = objectViews({ width: 416, height: 416 }, manifest);
    const { data: tensor, dims } = prepareObjects(sizesOf({ width: 416, height: 416, data }), view!, manifest);
    expect(dims).toEqual([1, 3, 416, 416]);
    const planes = [0, 1, 2].map((plane) => Number(tensor[plane * 416 * 416 + 1234]));
    [(50 - 103.53) / 57.375, (100 - 116.28) / 57.12, (200 - 123.675) / 58.395].forEach((value, plane) => expect(planes[plane]).toBeCloseTo(value, 4));
  });

  it('looks at wide pictures whole, and at their middle', async () => {
    const { manifest, run } = await shippedModel('objects');
    expect(objectViews({ width: 640, height: 480 }, manifest)).toHaveLength(1);
    expect(objectViews({ width: 960, height: 540 }, manifest).map(({ region, width, height }) => [region.left, region.width, width, height])).toEqual([
      [0, 960, 416, 234],
      [210, 540, 416, 416],
    ]);
    // Black beside the street, as in a letterbox: the same people, at their places.
    const wide = await campus(1024, 576, 'scale=768:576,pad=1024:576:128:0');
    const found = await detectObjects(sizesOf(wide), manifest, run);
    const plain = await detectObjects(sizesOf(await campus()), manifest, run);
    const best = plain.find(({ label }) => label === 'person')!;
    const expected: Box = [best.box[0] * 0.75 + 0.125, best.box[1], best.box[2] * 0.75, best.box[3]];
    expect(Math.max(...found.filter(({ label }) => label === 'person').map(({ box }) => overlap(box, expected)))).toBeGreaterThan(0.7);
  });

  it('decodes distances as means of their distributions', async () => {
    const { manifest } = await shippedModel('objects');
    const outputs = Object.fromEntries(
      manifest.heads.flatMap(({ scores, boxes, stride }) => {
        const cells = (416 / stride) ** 2;
        const tensor = (numbers: number) => ({ type: 'float32' as const, data: new Float32Array(cells * numbers), dims: [1, cells, numbers] });
        return [
          [scores, tensor(80)],
          [boxes, tensor(44)],
        ];
      }),
    );
    const { scores, boxes } = manifest.heads[1]!;
    const cell = 5 * 26 + 10;
    (outputs[scores]!.data as Float32Array)[cell * 80 + 16] = 0.8;
    // Flat logits: 5 strides to each side; a peak at 2 for the left one.
    (outputs[boxes]!.data as Float32Array)[cell * 44 + 2] = 50;
    const view = { region: { left: 0, top: 0, width: 832, height: 416 }, width: 416, height: 416 };
    const [found, ...more] = readObjects(outputs, view, { width: 832, height: 416 }, manifest);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ label: 'dog' });
    [(168 - 32) / 416, (88 - 80) / 416, (32 + 80) / 416, 160 / 416].forEach((value, i) => expect(found?.box[i]).toBeCloseTo(value, 4));
    expect(() => readObjects({}, view, view.region, manifest)).toThrow(/output "Identity" is .* not what the manifest describes/);
  });
});
