import { describe, expect, it } from 'vitest';
import type { FoundEvent } from '../../../server/perception/events/makeEvent.js';
import { mergeClocks } from '../../../server/perception/events/mergeClocks.js';

type Box = [number, number, number, number];
const place: Box = [0.1, 0.1, 0.3, 0.05];
const line = (label: string, startSeconds: number, endSeconds: number, box: Box = place, confidence = 0.9): FoundEvent => ({ track: 'text', label, startSeconds, endSeconds, confidence, source: 'reader', box, bestSeconds: startSeconds });
const brief = (events: FoundEvent[]): unknown[] => events.map(({ label, startSeconds, endSeconds }) => [label, startSeconds, endSeconds]);

describe('lines of numbers', () => {
  it('that run are one event: a clock, a countdown, a counter that gets longer', () => {
    const clock = ['00:00:58', '00:00:59', '00:01:00', '00:01:02'].map((label, i) => line(label, i, i + 1, place, 0.8 + i / 20));
    expect(mergeClocks(clock)).toEqual([{ ...clock[3], label: '00:00:58 … 00:01:02', startSeconds: 0, endSeconds: 4, confidence: 0.875 }]);
    expect(brief(mergeClocks([10, 9, 8].map((n, i) => line(`T - ${n} s`, i, i + 1))))).toEqual([['T - 10 s … T - 8 s', 0, 3]]);
  });

  it('beside each other run apart', () => {
    const left = [1, 2, 3].map((n, i) => line(String(n), i, i + 1));
    const right = [7, 6, 5].map((n, i) => line(String(n), i, i + 1, [0.6, 0.1, 0.3, 0.05]));
    expect(brief(mergeClocks([...left, ...right])).sort()).toEqual([['1 … 3', 0, 3], ['7 … 5', 0, 3]]);
  });

  it.each([
    ['stay for long: pages, scores', [line('Page 1', 0, 9), line('Page 2', 9, 20), line('Page 3', 20, 30)]],
    ['are two only', [line('1:0', 0, 3), line('1:1', 3, 6)]],
    ['go up and down', [line('Room 12', 0, 1), line('Room 31', 1, 2), line('Room 7', 2, 3)]],
    ['are elsewhere', [line('1', 0, 1), line('2', 1, 2, [0.5, 0.5, 0.2, 0.1]), line('3', 2, 3, [0.7, 0.8, 0.2, 0.1])]],
    ['come much later', [line('1', 0, 1), line('2', 10, 11), line('3', 20, 21)]],
    ['are words', [line('one', 0, 1), line('two', 1, 2), line('three', 2, 3)]],
  ])('that %s remain what they are', (_, lines) => {
    expect(brief(mergeClocks(lines)).sort()).toEqual(brief(lines).sort());
  });
});
