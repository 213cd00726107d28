import { expect, it } from 'vitest';
import { compareTimelines } from '../../../server/skills/compare/compareTimelines.js';
import { event, timelineOf } from '../../fakes/timelineEvents.js';

it('tells what both clips show, and what only one does, with counts and durations', () => {
  const a = timelineOf([event('objects', 'person', 0, 4, { count: 2 }), event('objects', 'person', 3, 6), event('objects', 'person', 8, 9), event('text', 'EXIT', 1, 2), event('motion', 'still', 0, 9)], 10);
  const b = timelineOf([event('objects', 'person', 2, 3), event('objects', 'dog', 0, 20), event('text', 'exit ', 5, 8), event('speech', 'Hello.', 1, 2, { source: 'subtitles' })], 20);
  expect(compareTimelines(a, b)).toEqual([
    { track: 'objects', label: 'person', presence: [{ seconds: 7, times: 2, atOnce: 2, first: { startSeconds: 0, endSeconds: 6 } }, { seconds: 1, times: 1, atOnce: 1, first: { startSeconds: 2, endSeconds: 3 } }] },
    { track: 'text', label: 'EXIT', presence: [{ seconds: 1, times: 1, atOnce: 1, first: { startSeconds: 1, endSeconds: 2 } }, { seconds: 3, times: 1, atOnce: 1, first: { startSeconds: 5, endSeconds: 8 } }] },
    { track: 'objects', label: 'dog', presence: [null, { seconds: 20, times: 1, atOnce: 1, first: { startSeconds: 0, endSeconds: 20 } }] },
    { track: 'speech', label: 'Hello.', presence: [null, { seconds: 1, times: 1, atOnce: 1, first: { startSeconds: 1, endSeconds: 2 } }] },
  ]);
  expect(compareTimelines(timelineOf([], 1), timelineOf([], 1))).toEqual([]);
});
