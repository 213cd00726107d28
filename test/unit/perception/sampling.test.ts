import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../server/perception/events/cells.js';
import { planRefinement } from '../../../server/perception/sampling/planRefinement.js';
import { coarseSamples, mostFrames, planGrid, samplesOfShots } from '../../../server/perception/sampling/planSamples.js';
import { makeThumbnail, pictureChange, thumbnailBytes } from '../../../server/perception/sampling/thumbnail.js';

/** Times of a clip with frames at a constant rate. */
const constant = (seconds: number, fps: number): Float64Array => Float64Array.from({ length: Math.round(seconds * fps) }, (_, i) => i / fps);

/** Clips of any rate, also those whose frames come irregularly. */
const clips = fc
  .array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 400 })
  .map((steps) => {
    const ends = steps.reduce<number[]>((sums, step) => [...sums, (sums.at(-1) ?? 0) + step], []);
    return { times: Float64Array.from([0, ...ends.slice(0, -1)], (each) => each / 100), durationSeconds: (ends.at(-1) ?? 0) / 100 };
  });

describe('the grid of frames that are looked at', () => {
  it('is about a frame a second, from the beginning on', () => {
    const { frames, stepSeconds } = planGrid({ times: constant(80, 10), durationSeconds: 80 });
    expect(stepSeconds).toBe(1);
    expect(frames).toEqual(Array.from({ length: 80 }, (_, i) => 10 * i));
  });

  it('looks at short clips at least eight times, and at each frame of very short ones', () => {
    expect(planGrid({ times: constant(2, 25), durationSeconds: 2 }).frames).toHaveLength(8);
    expect(planGrid({ times: constant(0.1, 30), durationSeconds: 0.1 }).frames).toEqual([0, 1, 2]);
    expect(planGrid({ times: Float64Array.of(0), durationSeconds: 0 }).frames).toEqual([0]);
    expect(planGrid({ times: Float64Array.of(), durationSeconds: 0 }).frames).toEqual([]);
  });

  it('looks at long clips no more often than the limit, more only when asked', () => {
    const clip = { times: constant(3 * 3600, 10), durationSeconds: 3 * 3600 };
    expect(planGrid(clip).frames.length).toBeLessThanOrEqual(mostFrames.usually);
    expect(planGrid(clip).frames.length).toBeGreaterThan(mostFrames.usually / 4);
    const asked = planGrid({ ...clip, framesPerSecond: 5 }).frames.length;
    expect(asked).toBeGreaterThan(3 * mostFrames.usually);
    expect(asked).toBeLessThanOrEqual(mostFrames.whenAsked);
  });

  it('shares its frames with finer ones and with those of parts', () => {
    fc.assert(
      fc.property(clips, fc.double({ min: 0.05, max: 8, noNaN: true }), fc.double({ min: 1, max: 8, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (clip, rate, finer, at) => {
        const coarse = planGrid({ ...clip, framesPerSecond: rate });
        const fine = planGrid({ ...clip, framesPerSecond: rate * finer });
        expect(fine.frames).toEqual(expect.arrayContaining(coarse.frames));
        const span = { startSeconds: at * clip.durationSeconds * 0.9, endSeconds: clip.durationSeconds };
        const part = planGrid({ ...clip, framesPerSecond: rate, span });
        const inside = coarse.frames.filter((frame) => (clip.times[frame] ?? 0) >= span.startSeconds);
        expect(part.frames).toEqual(expect.arrayContaining(inside));
      }),
    );
  });

  it('has frames of the clip, each once, ascending, inside the part that was asked for', () => {
    fc.assert(
      fc.property(clips, fc.double({ min: 0, max: 0.99, noNaN: true }), fc.double({ min: 0.001, max: 20, noNaN: true }), (clip, at, length) => {
        const startSeconds = at * clip.durationSeconds;
        const { frames } = planGrid({ ...clip, span: { startSeconds, endSeconds: startSeconds + length } });
        expect(frames.length).toBeGreaterThan(0);
        expect(frames).toEqual([...new Set(frames)].sort((a, b) => a - b));
        for (const frame of frames) {
          const [begins = NaN, ends = clip.durationSeconds] = [clip.times[frame], clip.times[frame + 1]];
          expect(begins).toBeLessThan(startSeconds + length);
          expect(ends).toBeGreaterThan(startSeconds - 1e-6);
        }
      }),
    );
  });

  it('begins with few frames over the whole clip', () => {
    const grid = planGrid({ times: constant(500, 10), durationSeconds: 500 });
    const coarse = coarseSamples(grid);
    expect(coarse.length).toBeLessThanOrEqual(16);
    expect(coarse.at(-1)).toBeGreaterThan(4000);
    expect(grid.frames).toEqual(expect.arrayContaining(coarse));
  });
});

describe('frames for shots', () => {
  it('are from the middle of shots that no other frame shows', () => {
    const request = { times: constant(10, 100), durationSeconds: 10 };
    expect(samplesOfShots(request, [0, 100, 200], [0.5, 1.5, 1.9, 2])).toEqual([170, 195]);
    expect(samplesOfShots(request, [0], [])).toEqual([]);
  });

  it('keep to the part and to the limit, the longest shots first', () => {
    const request = { times: constant(100, 100), durationSeconds: 100, span: { startSeconds: 10, endSeconds: 12 } };
    expect(samplesOfShots(request, [1000], [1, 2, 11, 11.5, 50])).toEqual([1125, 1175]);
    const many = Array.from({ length: 2000 }, (_, i) => (i + 1) / 25);
    expect(samplesOfShots({ times: constant(100, 100), durationSeconds: 100 }, [0], [...many, 95]).length).toBe(mostFrames.usually - 1);
  });
});

describe('looking closer', () => {
  const flat = (luma: number): Uint8Array => new Uint8Array(thumbnailBytes).fill(luma);
  const times = constant(10, 100);
  const seen = (...lumas: number[]) => lumas.map((luma, i) => ({ frame: 100 * i, seconds: i, thumbnail: flat(luma) }));

  it('is between frames that differ, where they differ most first, but not across a cut', () => {
    expect(planRefinement(seen(0, 0, 60, 160, 160), [], times, 10)).toEqual([150, 250]);
    expect(planRefinement(seen(0, 0, 60, 160, 160), [], times, 1)).toEqual([250]);
    expect(planRefinement(seen(0, 0, 60, 160, 160), [2.4], times, 10)).toEqual([150]);
    expect(planRefinement(seen(0, 0, 60), [], times, 0)).toEqual([]);
  });

  it('comes to an end', () => {
    const frames = seen(0, 255);
    for (let round = 0; ; round++) {
      const more = planRefinement(frames, [], times, 100);
      if (more.length === 0) break;
      expect(round).toBeLessThan(5);
      more.forEach((frame) => frames.push({ frame, seconds: times[frame] ?? 0, thumbnail: flat(frame % 2 ? 0 : 255) }));
      frames.sort((a, b) => a.frame - b.frame);
    }
    expect(frames.every(({ seconds }, i) => i === 0 || seconds - (frames[i - 1]?.seconds ?? 0) >= 0.12)).toBe(true);
  });
});

describe('thumbnails', () => {
  it('are mean lumas, of pictures of any size', () => {
    const data = new Uint8Array(32 * 18 * 3);
    data.fill(255, 0, 32 * 3 * 2);
    const { brightness, thumbnail } = makeThumbnail({ width: 32, height: 18, data });
    expect([...thumbnail.subarray(0, 16), thumbnail[16]]).toEqual([...new Array<number>(16).fill(255), 0]);
    expect(brightness).toBeCloseTo(1 / 9, 3);
    expect(makeThumbnail({ width: 1, height: 1, data: Uint8Array.of(255, 255, 255) }).brightness).toBe(1);
  });

  it('tell of something small that moves', () => {
    const [before, after] = [new Uint8Array(thumbnailBytes), new Uint8Array(thumbnailBytes)];
    after.fill(255, 20, 24);
    expect(pictureChange(before, after)).toBeGreaterThan(0.5);
    expect(pictureChange(before, before)).toBe(0);
  });
});

describe('the time a frame speaks for', () => {
  it('lasts until the next one, begins and ends at cuts', () => {
    const range = { startSeconds: 0, endSeconds: 4 };
    expect(cellsOf([0, 1, 2, 3], [], range)).toEqual([0, 1, 2, 3].map((s) => ({ startSeconds: s, endSeconds: s + 1 })));
    expect(cellsOf([0, 1, 2], [0.4, 0.7, 2, 3.5], range)).toEqual([
      { startSeconds: 0, endSeconds: 0.4 },
      { startSeconds: 0.7, endSeconds: 2 },
      { startSeconds: 2, endSeconds: 3.5 },
    ]);
    expect(cellsOf([], [], range)).toEqual([]);
  });

  it('never overlaps another one', () => {
    const sorted = fc.uniqueArray(fc.integer({ min: 0, max: 1000 }), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, sorted, (seconds, cuts) => {
        const cells = cellsOf(seconds, cuts, { startSeconds: 0, endSeconds: 1001 });
        cells.forEach(({ startSeconds, endSeconds }, i) => {
          expect(startSeconds).toBeLessThanOrEqual(seconds[i] ?? NaN);
          expect(endSeconds).toBeGreaterThan(seconds[i] ?? NaN);
          expect(endSeconds).toBeLessThanOrEqual(cells[i + 1]?.startSeconds ?? Infinity);
        });
      }),
    );
  });
});
