import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf } from '../../../server/perception/events/cells.js';
import { editDistance } from '../../../server/perception/events/editDistance.js';
import { type FoundEvent, nameEvents } from '../../../server/perception/events/makeEvent.js';
import { motionEvents } from '../../../server/perception/events/motionEvents.js';
import { objectEvents } from '../../../server/perception/events/objectEvents.js';
import type { LookedAt } from '../../../server/perception/events/runEvents.js';
import { shotEvents } from '../../../server/perception/events/shotEvents.js';
import { findSpeech, speechEvents } from '../../../server/perception/events/speechEvents.js';
import { textEvents } from '../../../server/perception/events/textEvents.js';
import type { Box, Detection, TextLine } from '../../../server/perception/observations.js';
import { thumbnailBytes } from '../../../server/perception/sampling/thumbnail.js';

/** A frame a second. */
function everySecond(count: number, cuts: number[] = []): LookedAt {
  const seconds = Array.from({ length: count }, (_, i) => i);
  return { seconds, cells: cellsOf(seconds, cuts, { startSeconds: 0, endSeconds: count }) };
}
const person = (x = 0.1, score = 0.8): Detection => ({ label: 'person', score, box: [x, 0.1, 0.2, 0.6] });
const thing = (label: string, score: number, box: Box = [0.5, 0.5, 0.2, 0.2]): Detection => ({ label, score, box });
const line = (text: string, score = 0.9, box: Box = [0.1, 0.8, 0.5, 0.1]): TextLine => ({ text, score, box });
const brief = (events: FoundEvent[]): unknown[] => events.map(({ label, startSeconds, endSeconds, count }) => [label, startSeconds, endSeconds, ...(count === undefined ? [] : [count])]);

const box = fc.tuple(...([0, 1, 2, 3] as const).map(() => fc.double({ min: 0.01, max: 0.9, noNaN: true }))) as fc.Arbitrary<Box>;
const detection = fc.record({ label: fc.constantFrom('person', 'dog', 'car'), score: fc.double({ min: 0.3, max: 1, noNaN: true }), box });
const frames = fc.array(fc.array(detection, { maxLength: 4 }), { maxLength: 25 });

describe('objects', () => {
  it('are told by label, with times and how many there were at once', () => {
    const seen = [[], [person()], [person(), person(0.6)], [person(), person(0.6)], [person(0.2)], [], [], []];
    expect(brief(objectEvents(seen, everySecond(8), 'nanodet'))).toEqual([['person', 1, 5, 2]]);
    expect(objectEvents(seen, everySecond(8), 'nanodet')[0]).toMatchObject({ track: 'objects', source: 'nanodet', confidence: 0.8, bestSeconds: 1, box: [0.1, 0.1, 0.2, 0.6] });
  });

  it('may be missing from one frame, not from two', () => {
    const here = [person()];
    expect(brief(objectEvents([here, here, [], here, here, [], [], here, here], everySecond(9), ''))).toEqual([['person', 0, 5, 1], ['person', 7, 9, 1]]);
  });

  it('that are seen in one frame only are ghosts, unless there are few frames', () => {
    expect(objectEvents([[], [], [thing('kite', 0.9)], [], []], everySecond(5), '')).toEqual([]);
    expect(brief(objectEvents([[thing('kite', 0.5)]], everySecond(1), ''))).toEqual([['kite', 0, 1, 1]]);
  });

  it('of frames that are far apart are believed where they are sure', () => {
    const seconds = [0, 32, 64, 96, 128];
    const looked = { seconds, cells: cellsOf(seconds, [], { startSeconds: 0, endSeconds: 160 }) };
    const seen = [[], [thing('boat', 0.8)], [], [thing('kite', 0.5)], []];
    expect(brief(objectEvents(seen, looked, ''))).toEqual([['boat', 32, 64, 1]]);
  });

  it('have the label that most frames vote for', () => {
    const flips = [thing('dog', 0.6), thing('dog', 0.6), thing('cat', 0.7), thing('dog', 0.6)].map((each) => [each]);
    expect(brief(objectEvents(flips, everySecond(4), ''))).toEqual([['dog', 0, 4, 1]]);
    // Two names for one thing in one frame are one thing.
    const both = [1, 2, 3, 4].map(() => [thing('truck', 0.7), thing('car', 0.5)]);
    expect(brief(objectEvents(both, everySecond(4), ''))).toEqual([['truck', 0, 4, 1]]);
  });

  it('that are never seen surely, and not for long, are no more than likenesses', () => {
    const teddy = (score: number, frames: number) => Array.from({ length: 12 }, (_, i) => (i < frames ? [thing('teddy bear', score)] : []));
    expect(objectEvents(teddy(0.5, 4), everySecond(12), '')).toEqual([]);
    expect(brief(objectEvents(teddy(0.5, 9), everySecond(12), ''))).toEqual([['teddy bear', 0, 9, 1]]);
    expect(brief(objectEvents(teddy(0.7, 4), everySecond(12), ''))).toEqual([['teddy bear', 0, 4, 1]]);
    // A likeness beside the real one is not counted, nor is a part of it.
    const pairs = [[person(), person(0.6, 0.5)], [person(), person(0.6, 0.5)], [person(), { ...person(0.12, 0.7), box: [0.12, 0.1, 0.1, 0.3] as Box }], [person()]];
    expect(brief(objectEvents(pairs, everySecond(4), ''))).toEqual([['person', 0, 4, 1]]);
  });

  it('end at the cut behind the last frame they are seen in', () => {
    expect(brief(objectEvents([[person()], [person()], [], []], everySecond(4, [1.4]), ''))).toEqual([['person', 0, 1.4, 1]]);
  });

  it('are told of within the clip, once at a time, never more than were seen', () => {
    fc.assert(
      fc.property(frames, (seen) => {
        const events = objectEvents(seen, everySecond(seen.length), 'm');
        for (const label of new Set(events.map((event) => event.label))) {
          const own = events.filter((event) => event.label === label);
          own.forEach((event, i) => {
            expect(event.startSeconds).toBeGreaterThanOrEqual(own[i - 1]?.endSeconds ?? 0);
            expect(event.endSeconds).toBeGreaterThan(event.startSeconds);
            expect(event.endSeconds).toBeLessThanOrEqual(seen.length);
            expect(event.count).toBeLessThanOrEqual(Math.max(...seen.map((each) => each.length)));
            expect(event.confidence).toBeGreaterThanOrEqual(0.3);
          });
        }
      }),
    );
  });
});

describe('text', () => {
  it('is one event while readings are alike and in place, with the reading that most frames agree on', () => {
    const seen = [[], [line('EX1T')], [line('EXIT')], [line('EXIT')], []];
    expect(brief(textEvents(seen, everySecond(5), 'ocr'))).toEqual([['EXIT', 1, 4]]);
  });

  it('of another line in the same place is another event', () => {
    const seen = [[line('Part one: the beginning')], [line('Part one: the beginning')], [line('Somewhere else, later')], [line('Somewhere else, later')]];
    expect(brief(textEvents(seen, everySecond(4), ''))).toEqual([['Part one: the beginning', 0, 2], ['Somewhere else, later', 2, 4]]);
  });

  it('with another number is another event, unless the number is hardly read', () => {
    const scores = [line('HOME 1 : 0', 0.95), line('HOME 1 : 0', 0.95), line('HOME 2 : 0', 0.95), line('HOME 2 : 0', 0.95)].map((each) => [each]);
    expect(brief(textEvents(scores, everySecond(4), ''))).toEqual([['HOME 1 : 0', 0, 2], ['HOME 2 : 0', 2, 4]]);
    const slip = [line('Room 101', 0.95), line('Room 1O1', 0.6), line('Room 101', 0.95)].map((each) => [each]);
    expect(brief(textEvents(slip, everySecond(3), ''))).toEqual([['Room 101', 0, 3]]);
  });

  it('may move', () => {
    const seen = [0.8, 0.5, 0.2].map((y) => [line('Directed by Nobody', 0.9, [0.1, y, 0.5, 0.1])]);
    expect(brief(textEvents(seen, everySecond(3), ''))).toEqual([['Directed by Nobody', 0, 3]]);
  });

  it('of several lines stays apart, also where lines are the same', () => {
    const seen = [1, 2, 3, 4].map(() => [line('Name'), line('Name', 0.9, [0.1, 0.1, 0.5, 0.1])]);
    expect(brief(textEvents(seen, everySecond(4), ''))).toEqual([['Name', 0, 4], ['Name', 0, 4]]);
  });

  it('of one frame counts where it is read surely, and dirt does not', () => {
    const seen = [[], [line('STOP', 0.95), line('l', 0.95, [0.7, 0.1, 0.1, 0.1]), line('maybe', 0.6, [0.1, 0.4, 0.5, 0.1]), line('--', 0.99, [0.1, 0.2, 0.5, 0.1])], [], [], []];
    expect(brief(textEvents(seen, everySecond(5), ''))).toEqual([['STOP', 1, 2]]);
  });

  it('of thousands of frames full of lines is found in a bounded time', () => {
    const seen = Array.from({ length: 4000 }, (_, i) => Array.from({ length: 5 }, (_, row) => line(`Line ${row} of page ${(Math.floor(i / 2) * 499) % 1000} ${'xyz'.repeat(row)}`, 0.9, [0.1, row / 5, 0.5, 0.1])));
    expect(textEvents(seen, everySecond(4000), '').length).toBeGreaterThan(1000);
  });

  it('is compared by edits', () => {
    expect(editDistance('kitten', 'sitting')).toBeCloseTo(3 / 7);
    expect([editDistance('', ''), editDistance('', 'ab'), editDistance('视频聊天', '视频聊大')]).toEqual([0, 1, 0.25]);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(1);
      expect(editDistance(a, b) === 0).toBe(a === b);
    }));
  });
});

describe('speech', () => {
  /** Probabilities for stretches `[value, seconds]`. */
  const heard = (...stretches: [number, number][]): number[] => stretches.flatMap(([value, seconds]) => new Array<number>(Math.round(seconds / 0.032)).fill(value));
  const range = { startSeconds: 0, endSeconds: 100 };

  it('begins when it is likely and ends when it is not, without flicker', () => {
    const found = findSpeech(heard([0.1, 1], [0.9, 0.5], [0.4, 0.5], [0.9, 0.5], [0.1, 1], [0.4, 1], [0.9, 0.1], [0.1, 1]));
    expect(found).toHaveLength(1);
    expect(found[0]?.startSeconds).toBeCloseTo(1, 1);
    expect(found[0]?.endSeconds).toBeCloseTo(2.5, 1);
    expect(found[0]?.confidence).toBeCloseTo(0.73, 1);
  });

  it('goes on over short silences', () => {
    expect(findSpeech(heard([0.9, 1], [0.1, 0.2], [0.9, 1]))).toHaveLength(1);
    expect(findSpeech(heard([0.9, 1], [0.1, 0.5], [0.9, 1]))).toHaveLength(2);
  });

  it('is what subtitles say where there are some, and heard where there are none', () => {
    const lines = [{ startSeconds: 0.5, endSeconds: 2, text: 'Good evening.' }];
    const events = speechEvents(lines, heard([0.9, 2], [0.1, 1], [0.9, 1], [0, 1]), range, 'silero');
    expect(events.map(({ label, source }) => [label, source])).toEqual([['Good evening.', 'subtitles'], ['speech', 'silero']]);
    expect(events[1]?.startSeconds).toBeCloseTo(3, 1);
  });

  it('is cut to what was asked for', () => {
    const events = speechEvents([{ startSeconds: 0, endSeconds: 5, text: 'a' }, { startSeconds: 8, endSeconds: 9, text: 'b' }], [], { startSeconds: 2, endSeconds: 6 }, '');
    expect(brief(events)).toEqual([['a', 2, 5]]);
  });

  it('lies in the sound, lasts long enough, and does not overlap', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 300 }), (probabilities) => {
      const found = findSpeech(probabilities);
      found.forEach(({ startSeconds, endSeconds }, i) => {
        expect(endSeconds - startSeconds).toBeGreaterThanOrEqual(0.25);
        expect(endSeconds).toBeLessThanOrEqual(probabilities.length * 0.032 + 1e-9);
        expect(startSeconds - (found[i - 1]?.endSeconds ?? -1)).toBeGreaterThanOrEqual(0.3 - 1e-9);
      });
    }));
  });
});

describe('motion', () => {
  const glance = (brightness: number, luma = 100) => ({ brightness, thumbnail: new Uint8Array(thumbnailBytes).fill(luma) });

  it('is told of as still, moving or dark', () => {
    const glances = [...[100, 100, 100].map((luma) => glance(0.4, luma)), ...[130, 90, 140].map((luma) => glance(0.4, luma)), glance(0.01, 2), glance(0.4), glance(0.4)];
    expect(brief(motionEvents(glances, everySecond(9, [6, 7]), [6, 7]))).toEqual([['still', 0, 2], ['moving', 2, 6], ['dark', 6, 7], ['still', 7, 9]]);
  });

  it('does not take a cut for movement, and says nothing of a single frame', () => {
    const glances = [glance(0.4, 50), glance(0.4, 50), glance(0.4, 200), glance(0.4, 200)];
    expect(brief(motionEvents(glances, everySecond(4, [1.5]), [1.5]))).toEqual([['still', 0, 4]]);
    expect(motionEvents([glance(0.4)], everySecond(1), [])).toEqual([]);
  });
});

describe('shots', () => {
  it('follow one another through the part that was asked for', () => {
    expect(brief(shotEvents([1, 2.5, 9], { startSeconds: 2, endSeconds: 4 }))).toEqual([['shot', 2, 2.5], ['shot', 2.5, 4]]);
    expect(brief(shotEvents([], { startSeconds: 0, endSeconds: 4 }))).toEqual([['shot', 0, 4]]);
  });
});

describe('the ids of events', () => {
  it('are unique, and the same for the same event', () => {
    const event: FoundEvent = { track: 'text', label: 'a', source: 'x', confidence: 1, startSeconds: 1, endSeconds: 2 };
    const named = nameEvents([{ ...event, startSeconds: 0 }, event, event]);
    expect(new Set(named.map(({ id }) => id)).size).toBe(3);
    expect(nameEvents([event])[0]?.id).toBe(named[1]?.id);
    expect(named.map(({ startSeconds }) => startSeconds)).toEqual([0, 1, 1]);
  });
});
