import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SearchMoment } from '../../../server/protocol/index.js';
import type { ClipEntry, SearchRow } from '../../../server/search/clipEntry.js';
import { pictureText } from '../../../server/search/parseQuery.js';
import { fuseRankings } from '../../../server/search/pictures/fuseRankings.js';
import { momentsIn } from '../../../server/search/pictures/momentsIn.js';
import type { PictureQuestion } from '../../../server/search/pictures/pictureQuestion.js';
import { packVectors, PictureVectors } from '../../../server/search/pictures/pictureVectors.js';
import { SearchIndex } from '../../../server/search/searchIndex.js';

const unit = (numbers: readonly number[]): Float32Array => {
  const length = Math.hypot(...numbers) || 1;
  return Float32Array.from(numbers, (value) => value / length);
};
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('embeddings in memory', () => {
  it.each([true, false])('gives cosines as they are, whatever the width (with SIMD: %s)', (simd) => {
    const vector = (width: number): fc.Arbitrary<Float32Array> =>
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: width, maxLength: width }).filter((each) => Math.hypot(...each) > 0.01).map(unit);
    const cases = fc.integer({ min: 8, max: 100 }).chain((width) => fc.tuple(fc.constant(width), vector(width), fc.array(vector(width), { minLength: 1, maxLength: 20 })));
    fc.assert(
      fc.property(cases, ([width, question, rows]) => {
        const vectors = new PictureVectors(width, simd);
        const half = rows.length >> 1;
        for (const part of [rows.slice(0, half), rows.slice(half)]) {
          vectors.add(packVectors(part, width));
        }
        const out = new Float32Array(rows.length);
        vectors.compare(question, [{ first: 0, count: rows.length }], out);
        rows.forEach((row, i) => {
          expect(Math.abs((out[i] ?? NaN) - dot(question, row))).toBeLessThan(0.02);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('keeps all rows while it grows, and compares those that are asked for', () => {
    const vectors = new PictureVectors(512);
    const axis = (i: number): Float32Array => unit(Array.from({ length: 512 }, (_, k) => (k === i % 512 ? 1 : 0)));
    for (let i = 0; i < 10_000; i += 100) {
      vectors.add(packVectors(Array.from({ length: 100 }, (_, k) => axis(i + k)), 512));
    }
    const out = new Float32Array(10_000).fill(-9);
    vectors.compare(axis(7), [{ first: 500, count: 9000 }], out);
    const found = [...out.keys()].filter((row) => (out[row] ?? 0) > 0.9);
    expect(found).toEqual(Array.from({ length: 18 }, (_, i) => 519 + 512 * i));
    expect([out[0], out[499], out[9500]]).toEqual([-9, -9, -9]);
  });
});

describe('moments of a clip', () => {
  const hits = (sure: number[], seconds = sure.map((_, i) => i)): Parameters<typeof momentsIn>[1] => ({ seconds, sure, cosines: sure.map((each) => each / 2) });
  it('are runs of pictures that fit, the best first, each until the next picture', () => {
    const moments = momentsIn('c', hits([0.9, 0.8, 0.1, 0.1, 0.95, 0.2]), 0.5);
    expect(moments.map(({ startSeconds, endSeconds, bestSeconds }) => [startSeconds, endSeconds, bestSeconds])).toEqual([[4, 5, 4], [0, 2, 0]]);
    expect(momentsIn('c', hits([0.9], [3]), 0.5)).toMatchObject([{ startSeconds: 3, endSeconds: 4 }]);
    expect(momentsIn('c', hits([0.9, 0.1], [0, 600]), 0.5)).toMatchObject([{ endSeconds: 10 }]);
  });
  it('are none where nothing fits', () => {
    expect(momentsIn('c', hits([0.4, 0.1]), 0.5)).toEqual([]);
    expect(momentsIn('c', hits([]), 0.5)).toEqual([]);
    // What fits far less than the clip's best is not the same thing.
    expect(momentsIn('c', hits([0.9, 0.1, 0.3]), 0.01)).toHaveLength(1);
  });
});

describe('two rankings as one', () => {
  const told = { asked: 'red', source: 'tiny' };
  const word = (path: string, startSeconds: number, endSeconds: number, bestSeconds = startSeconds): SearchMoment => ({ ...{ path, startSeconds, endSeconds, bestSeconds }, matches: [], missing: [], score: 1 });
  const seen = (path: string, startSeconds: number, endSeconds: number, bestSeconds = startSeconds): Parameters<typeof fuseRankings>[1][number] => ({ ...{ path, startSeconds, endSeconds, bestSeconds }, cosine: 0.3, confidence: 0.75 });
  const brief = (moments: readonly SearchMoment[]): string[] => moments.map(({ path, startSeconds, endSeconds, matches }) => `${path} ${startSeconds}–${endSeconds} ${matches.length}`);

  it('puts what both found first, with the time of the words and the picture that shows it', () => {
    const fused = fuseRankings([word('a', 0, 5), word('b', 0, 5)], [seen('c', 1, 2), seen('b', 3, 9, 4)], told);
    expect(brief(fused)).toEqual(['b 0–5 1', 'a 0–5 0', 'c 1–2 1']);
    expect(fused[0]).toMatchObject({ bestSeconds: 4, matches: [{ kind: 'pictures', text: 'red', source: 'tiny', confidence: 0.75, startSeconds: 3, endSeconds: 9 }] });
    expect(fused[0]?.score).toBeCloseTo(1 / 62 + 1 / 62, 5);
  });
  it('gives what is true of a whole clip the time of its picture', () => {
    expect(brief(fuseRankings([word('a', 0, 0)], [seen('a', 7, 9, 8)], told))).toEqual(['a 7–9 1']);
  });
  it('keeps other moments of one clip apart', () => {
    expect(brief(fuseRankings([word('a', 0, 5)], [seen('a', 5, 9)], told))).toEqual(['a 0–5 0', 'a 5–9 1']);
    expect(brief(fuseRankings([], [], told))).toEqual([]);
  });
});

describe('what a picture has to look like', () => {
  it('is all that is wanted, and nothing where words must stand there', () => {
    expect(pictureText('a dog on a sofa -cat -"big red"')).toBe('a dog on a sofa');
    expect(pictureText('state-of-the-art kitchen')).toBe('state-of-the-art kitchen');
    expect(pictureText('"turn left" street')).toBeUndefined();
    expect(pictureText('-cat')).toBeUndefined();
  });
});

describe('pictures in the index', () => {
  let folder: string;
  const opened: SearchIndex[] = [];
  const model = { id: 'tiny', sha256: 'm1', width: 16, score: { scale: 100, least: 0.5 } };
  const axis = (i: number, rest = 0): Float32Array => unit(Array.from({ length: 16 }, (_, k) => (k === i ? 1 : k === 15 ? rest : 0)));
  const question = (i: number, more: Partial<PictureQuestion> = {}): PictureQuestion => ({ model, vector: axis(i), contrast: [axis(15)], ...more });
  const open = (limitBytes = 1 << 30): SearchIndex => {
    const index = new SearchIndex(folder, limitBytes, `test-${opened.length}`);
    opened.push(index);
    return index;
  };
  const clip = (path: string, ...texts: string[]): ClipEntry => {
    const rows = texts.map((text): SearchRow => ({ kind: 'objects', text, startSeconds: 0, endSeconds: 5, source: 'test' }));
    return { path, parts: [{ source: 'test', stamp: '1', rows }], gone: [] };
  };
  /** One picture each second. */
  const see = (index: SearchIndex, path: string, content: string, axes: number[], from = 0, hash = 'm1'): void => {
    const numbers = axes.map((_, i) => from + i);
    index.keepPictures({ path, pictures: { content, model: hash, frames: Uint32Array.from(numbers), seconds: Float32Array.from(numbers), ...packVectors(axes.map((i) => axis(i, 0.3)), 16) } });
  };
  const find = (index: SearchIndex, asked: PictureQuestion | undefined, more: object = {}): string[] =>
    index.query({ query: 'zeppelin', ...(asked ? { pictures: asked } : {}), ...more }).moments.map(({ path, startSeconds, endSeconds, matches }) => `${path} ${startSeconds}–${endSeconds} ${matches.map(({ kind }) => kind).join('+')}`);

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'videochat-test-'))));
  afterEach(() => {
    opened.splice(0).forEach((each) => each.dispose());
    rmSync(folder, { recursive: true, force: true });
  });

  it('are found where no word is, with their time', () => {
    const index = open();
    index.put([clip('/v/a.mp4', 'car'), clip('/v/b.mp4', 'zeppelin')]);
    see(index, '/v/a.mp4', 'A', [1, 2, 2, 1]);
    see(index, '/v/b.mp4', 'B', [2, 3]);
    expect(find(index, question(2))).toEqual(['/v/b.mp4 0–5 objects+pictures', '/v/a.mp4 1–3 pictures']);
    expect(find(index, question(5))).toEqual(['/v/b.mp4 0–5 objects']);
    expect(find(index, undefined)).toEqual(['/v/b.mp4 0–5 objects']);
    expect(find(index, question(2), { kinds: ['pictures'] })).toEqual(['/v/a.mp4 1–3 pictures', '/v/b.mp4 0–1 pictures']);
    expect(find(index, question(2), { folders: ['/v/x'] })).toEqual([]);
    expect(find(index, question(2), { folders: ['/v'] })).toHaveLength(2);
  });

  it('come and go with what this process and others add and remove', () => {
    const [one, two] = [open(), open()];
    one.put([clip('/v/a.mp4'), clip('/v/b.mp4')]);
    see(one, '/v/a.mp4', 'A', [1]);
    expect(find(one, question(2))).toEqual([]);
    see(two, '/v/a.mp4', 'A', [2], 1);
    expect(find(one, question(2))).toEqual(['/v/a.mp4 1–2 pictures']);
    expect(one.framesSeen({ content: 'A', model: 'm1' }).sort()).toEqual([0, 1]);
    // A copy has the same pictures; a clip that is gone is not found; one that changed looks otherwise.
    see(two, '/v/b.mp4', 'A', []);
    expect(find(one, question(2))).toEqual(['/v/a.mp4 1–2 pictures', '/v/b.mp4 1–2 pictures']);
    two.remove(['/v/a.mp4']);
    expect(find(one, question(2))).toEqual(['/v/b.mp4 1–2 pictures']);
    two.put([{ path: '/v/b.mp4', parts: [], gone: ['pictures'] }]);
    expect(find(one, question(2))).toEqual([]);
  });

  it('of another model are not compared, and make room', () => {
    const index = open();
    index.put([clip('/v/a.mp4')]);
    see(index, '/v/a.mp4', 'A', [2], 0, 'old');
    expect([index.hasPictures('old'), index.hasPictures('m1')]).toEqual([true, false]);
    expect(find(index, question(2))).toEqual([]);
    see(index, '/v/a.mp4', 'A', [2]);
    index.keepModel('m1');
    expect([index.hasPictures('old'), index.hasPictures('m1')]).toEqual([false, true]);
    expect(find(index, question(2))).toEqual(['/v/a.mp4 0–1 pictures']);
  });

  it('that do not fit their model are passed over', () => {
    const index = open();
    index.put([clip('/v/a.mp4')]);
    index.keepPictures({ path: '/v/a.mp4', pictures: { content: 'A', model: 'm1', frames: new Uint32Array(1), seconds: new Float32Array(1), scales: new Float32Array(1), data: new Int8Array(999) } });
    expect(find(index, question(2))).toEqual([]);
    see(index, '/v/a.mp4', 'A', [2], 4);
    expect(find(index, question(2))).toEqual(['/v/a.mp4 4–5 pictures']);
  });

  it('of clips that are gone go first where room is scarce', () => {
    const index = open(400_000);
    index.put([clip('/v/a.mp4', 'car'), clip('/v/b.mp4', 'car')]);
    for (let i = 0; i < 3; i++) {
      see(index, '/v/a.mp4', 'A', Array.from({ length: 3000 }, () => 2), i * 3000);
    }
    index.remove(['/v/a.mp4']);
    for (let i = 0; i < 3; i++) {
      see(index, '/v/b.mp4', 'B', Array.from({ length: 3000 }, () => 3), i * 3000);
    }
    expect(index.framesSeen({ content: 'A', model: 'm1' })).toEqual([]);
    expect(find(index, question(3), { query: 'car' })).toMatchObject([expect.stringContaining('/v/b.mp4')]);
  });
});
