import { describe, expect, it } from 'vitest';
import { detectFaces, readFaces } from '../../../server/perception/detectors/blazeface.js';
import { detectPoses, preparePose, readPose, squareAround } from '../../../server/perception/detectors/movenet.js';
import { detectObjects } from '../../../server/perception/detectors/nanodet.js';
import { perceptionFixture, pictureOf, shippedModel, sizesOf } from '../../fixtures/perceptionModels.js';

const campus = () => pictureOf(['-i', perceptionFixture('campus.jpg')], 768, 576);

describe('BlazeFace', () => {
  it('finds no face in a street seen from far, nor in a plain picture', async () => {
    const { manifest, run } = await shippedModel('faces');
    expect(await detectFaces(sizesOf(await campus()), manifest, run)).toEqual([]);
    expect(await detectFaces(sizesOf({ width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(128) }), manifest, run)).toEqual([]);
  });

  it('decodes boxes around the centre of their cell', async () => {
    const { manifest } = await shippedModel('faces');
    const outputs = Object.fromEntries(
      manifest.heads.flatMap(({ scores, boxes, stride, anchors, numbers }) => {
        const count = (256 / stride) ** 2 * anchors;
        const tensor = (width: number, value: number) => ({ type: 'float32' as const, data: new Float32Array(count * width).fill(value), dims: [1, count, width] });
        return [
          [scores, tensor(1, -20)],
          [boxes, tensor(numbers, 0)],
        ];
      }),
    );
    const [head] = manifest.heads;
    const anchor = (3 * 16 + 2) * 2 + 1; // row 3, column 2, the second of its cell
    (outputs[head!.scores]!.data as Float32Array)[anchor] = 2;
    (outputs[head!.boxes]!.data as Float32Array).set([4, -6, 32, 64], anchor * 16);
    const found = readFaces(outputs, manifest);
    expect(found).toHaveLength(1);
    expect(found[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-2)));
    [(44 - 16) / 256, (50 - 32) / 256, 32 / 256, 64 / 256].forEach((value, i) => expect(found[0]?.box[i]).toBeCloseTo(value));
  });
});

describe('MoveNet', () => {
  it('finds walkers upright: shoulders above hips above ankles, inside their boxes', async () => {
    const [objects, poses] = [await shippedModel('objects'), await shippedModel('poses')];
    const sizes = sizesOf(await campus());
    const found = await detectPoses(sizes, await detectObjects(sizes, objects.manifest, objects.run), poses.manifest, poses.run);
    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(found.length).toBeLessThanOrEqual(8);
    const upright = found.filter(({ box, keypoints }) => {
      const y = (point: number): number => keypoints[point * 3 + 1] ?? 0;
      const x = (point: number): number => keypoints[point * 3] ?? 0;
      const inside = [5, 6, 11, 12].every((point) => x(point) > box[0] - 0.05 && x(point) < box[0] + box[2] + 0.05);
      return inside && Math.min(y(5), y(6)) < Math.min(y(11), y(12)) && Math.max(y(11), y(12)) < Math.max(y(15), y(16));
    });
    expect(upright.length).toBeGreaterThanOrEqual(found.length - 1);
  });

  it('looks at nobody who is no person, too small or one too many', async () => {
    const { manifest } = await shippedModel('poses');
    let runs = 0;
    const run = async () => ({ [manifest.output]: { type: 'float32' as const, data: new Float32Array(51).fill(0.5), dims: [1, 1, 17, 3], n: runs++ } });
    const sizes = sizesOf({ width: 100, height: 100, data: new Uint8Array(30_000) });
    const at = (label: string, side: number) => ({ label, score: 0.9, box: [0, 0, side, side] as [number, number, number, number] });
    expect(await detectPoses(sizes, [at('dog', 0.5), at('person', 0.1)], manifest, run)).toEqual([]);
    expect(await detectPoses(sizes, Array.from({ length: 20 }, () => at('person', 0.5)), manifest, run)).toHaveLength(8);
    expect(runs).toBe(8);
  });

  it('takes a square around a person and leaves black what is outside the picture', async () => {
    const { manifest } = await shippedModel('poses');
    const square = squareAround([0, 0.25, 0.1, 0.5], 200, 100, 2);
    expect(square).toEqual({ left: -40, top: 0, width: 100, height: 100 });
    const sizes = sizesOf({ width: 200, height: 100, data: new Uint8Array(60_000).fill(77) });
    const { data, dims } = preparePose(sizes, square, manifest);
    expect(dims).toEqual([1, 192, 192, 3]);
    const pixel = (x: number, y: number): number => Number(data[(y * 192 + x) * 3]);
    expect([pixel(0, 90), pixel(75, 90), pixel(78, 90), pixel(191, 191)]).toEqual([0, 0, 77, 77]);
    const numbers = new Float32Array(51);
    numbers.set([0.5, 0.25, 0.9]); // y, x, confidence
    const points = readPose({ [manifest.output]: { type: 'float32', data: numbers, dims: [1, 1, 17, 3] } }, square, 200, 100, manifest);
    [(-40 + 25) / 200, 0.5, 0.9].forEach((value, i) => expect(points[i]).toBeCloseTo(value));
  });
});
