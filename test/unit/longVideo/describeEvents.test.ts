import { describe, expect, it } from 'vitest';
import { describeEvents } from '../../../server/longVideo/describeEvents.js';
import { event } from '../../fakes/timelineEvents.js';

describe('events in few words', () => {
  const all = { startSeconds: 0, endSeconds: 100 };

  it('are lines in quotation marks, and things with how many there are', () => {
    const events = [event('objects', 'dog', 0, 5), event('objects', 'person', 0, 9, { count: 3 }), event('text', 'Mind\nthe  gap', 2, 4), event('people', 'face', 1, 3), event('shots', 'shot', 0, 9), event('motion', 'still', 0, 9)];
    expect(describeEvents(events, all)).toBe('person × 3, dog · “Mind the gap”');
    expect(describeEvents(events, { startSeconds: 6, endSeconds: 9 })).toBe('person × 3');
    expect(describeEvents(events, { startSeconds: 20, endSeconds: 30 })).toBe('');
    expect(describeEvents([event('speech', 'speech', 0, 5), event('speech', 'Hello.', 1, 2, { source: 'subtitles' })], all)).toBe('speech · “Hello.”');
  });

  it('are no more than asked for', () => {
    const many = Array.from({ length: 30 }, (_, i) => event('objects', `thing ${i}`, 0, 30 - i));
    expect(describeEvents(many, all, 2)).toBe('thing 0, thing 1');
    expect(describeEvents([event('text', 'x'.repeat(500), 0, 1)], all).length).toBeLessThan(90);
  });
});
