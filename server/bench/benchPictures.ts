import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PictureQuestion } from '../search/pictures/pictureQuestion.js';
import { PictureVectors } from '../search/pictures/pictureVectors.js';
import { SearchThread } from '../search/searchThread.js';
import type { BenchResult } from './benchResult.js';
import { medianTime, timeOnce } from './measure.js';

const clips = 1000;
const framesPerClip = 100;
const width = 512;
const rounds = 15;
const plenty = 4 * 1024 ** 3;
const model = { id: 'bench', sha256: 'bench', width, score: { scale: 100, least: 0.5 } };

/** A question to the embeddings of 100,000 frames, compared with the same numbers in plain JavaScript, in the same run. */
export async function benchPictures(): Promise<BenchResult[]> {
  const [fast, plain] = [new PictureVectors(width), new PictureVectors(width, false)];
  const folder = await mkdtemp(join(tmpdir(), 'videochat-bench-'));
  const thread = new SearchThread(folder, plenty);
  try {
    const random = generator();
    const began = performance.now();
    for (let i = 0; i < clips; i++) {
      const path = `/bench/${i}.mp4`;
      const packed = { data: Int8Array.from({ length: framesPerClip * width }, () => random() * 254 - 127), scales: new Float32Array(framesPerClip).fill(1 / (127 * Math.sqrt(width / 3))) };
      fast.add(packed);
      plain.add(packed);
      const numbers = Array.from({ length: framesPerClip }, (_, k) => k);
      await thread.call('put', [{ path, parts: [], gone: [] }]);
      await thread.call('keepPictures', { path, pictures: { content: `content-${i}`, model: model.sha256, frames: Uint32Array.from(numbers), seconds: Float32Array.from(numbers), ...packed } });
    }
    const keepingSeconds = (performance.now() - began) / 1000;
    const axis = (): Float32Array => Float32Array.from({ length: width }, () => (random() - 0.5) / Math.sqrt(width / 12));
    const pictures: PictureQuestion = { model, vector: axis(), contrast: [axis(), axis(), axis()] };
    const out = new Float32Array(clips * framesPerClip);
    const all = [{ first: 0, count: out.length }];
    const kernel = await medianTime(async () => fast.compare(pictures.vector, all, out), rounds);
    const loops = await medianTime(async () => plain.compare(pictures.vector, all, out), 3);
    const first = await timeOnce(() => thread.call('query', { query: 'zeppelin', pictures }));
    const asked = await medianTime(() => thread.call('query', { query: 'zeppelin', folders: ['/bench'], pictures }), rounds);
    return [
      {
        name: `search: ${clips * framesPerClip} pictures of ${width} numbers, against plain JavaScript`,
        ratio: loops / kernel,
        numbers: [
          ...[{ label: 'compared', value: kernel, unit: 'ms' }, { label: 'plain', value: loops, unit: 'ms' }],
          ...[{ label: 'whole question', value: asked, unit: 'ms' }, { label: 'first question', value: first, unit: 'ms' }],
          { label: 'keeping them', value: keepingSeconds, unit: 's' },
        ],
      },
    ];
  } finally {
    await thread.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Numbers of 0…1, the same each time. */
function generator(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
