import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeFfmetadata } from '../../../server/protocol/index.js';
import { cleanTitle } from '../../../server/skills/summarise/cleanTitle.js';
import { findChapters } from '../../../server/skills/summarise/findChapters.js';
import { event } from '../../fakes/timelineEvents.js';

const starts = (events: Parameters<typeof findChapters>[0], endSeconds: number, startSeconds = 0): number[] => findChapters(events, { startSeconds, endSeconds }).map((chapter) => chapter.startSeconds);

describe('chapters', () => {
  it('begin where something else is seen, at the cut', () => {
    const events = [
      ...[[0, 4.2], [4.2, 9], [9, 12.1], [12.1, 16]].map(([start = 0, end = 0]) => event('shots', 'shot', start, end)),
      // Looked at once a second: times are not exact.
      event('text', 'Breakfast', 0, 5), event('text', 'The way to work', 5, 9), event('text', 'Lunch', 9, 12), event('text', 'Evening', 13, 16),
    ];
    expect(starts(events, 16)).toEqual([0, 4.2, 9, 12.1]);
  });

  it('do not begin at each cut of one scene', () => {
    const cuts = Array.from({ length: 30 }, (_, i) => event('shots', 'shot', 2 * i, 2 * i + 2));
    const scene = [...cuts, event('objects', 'person', 0, 30), event('text', 'Interview', 0, 30), event('objects', 'boat', 30, 60)];
    expect(starts(scene, 60)).toEqual([0, 30]);
    expect(starts([], 60)).toEqual([0]);
  });

  it('are cuts where nothing else is known', () => {
    expect(starts([event('shots', 'shot', 0, 20), event('shots', 'shot', 20, 60)], 60)).toEqual([0, 20]);
  });

  it('are a sensible number, without gaps, each of some length, whatever there is', () => {
    const events = fc.array(
      fc.record({ track: fc.constantFrom('text' as const, 'objects' as const, 'shots' as const, 'speech' as const), label: fc.constantFrom('a', 'b', 'c'), start: fc.double({ min: 0, max: 900, noNaN: true }), length: fc.double({ min: 0, max: 100, noNaN: true }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, fc.double({ min: 1, max: 900, noNaN: true }), (made, duration) => {
        const chapters = findChapters(made.map(({ track, label, start, length }) => event(track, label, start, start + length)), { startSeconds: 0, endSeconds: duration });
        expect(chapters.length).toBeLessThanOrEqual(24);
        expect(chapters[0]?.startSeconds).toBe(0);
        expect(chapters.at(-1)?.endSeconds).toBe(duration);
        chapters.slice(1).forEach(({ startSeconds }, i) => expect(startSeconds).toBe(chapters[i]?.endSeconds));
        if (chapters.length > 1) chapters.forEach(({ startSeconds, endSeconds }) => expect(endSeconds - startSeconds).toBeGreaterThanOrEqual(1.5 - 1e-9));
      }),
      { numRuns: 50 },
    );
  });
});

describe('titles', () => {
  it.each([
    ['Title: “A walk in the park.”', 'A walk in the park'],
    ['**Cooking lunch**\n', 'Cooking lunch'],
    ['"Stop" and "Go" signs', '"Stop" and "Go" signs'],
    [`${'word '.repeat(40)}`, 'word word word word word word word word word word word…'],
    ['\u0000\n', ''],
  ])('are one short line: %j', (answer, title) => expect(cleanTitle(answer)).toBe(title));
});

describe('ffmetadata', () => {
  it('escapes what ffmpeg takes for its own', () => {
    const chapters = [{ startSeconds: 0, endSeconds: 1.2345, title: 'a=b;c#d\\e\nf', titledBy: 'model' as const }];
    expect(writeFfmetadata(chapters, { title: 'x=y' })).toBe(';FFMETADATA1\ntitle=x\\=y\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1235\ntitle=a\\=b\\;c\\#d\\\\e\\\nf\n');
  });
});
