import { describe, expect, it } from 'vitest';
import { findEvidence } from '../../../server/chat/findEvidence.js';
import { timelineEvent } from '../../fixtures/timelineExample.js';

const told = [
  timelineEvent('objects', 'person', 0, 4),
  timelineEvent('objects', 'dog', 1, 3),
  timelineEvent('objects', 'dog', 8, 9),
  timelineEvent('objects', 'bus', 5, 6),
  timelineEvent('text', 'EXIT 12', 4, 6),
  timelineEvent('text', '出口', 6.2, 8),
  timelineEvent('speech', 'Mind the gap.', 2, 4, { source: 'subtitles' }),
  timelineEvent('speech', 'speech', 10, 12, { source: 'silero-vad' }),
  timelineEvent('people', 'arms raised', 3, 5),
  timelineEvent('shots', 'shot', 0, 12, { source: 'frames' }),
].map((event) => ({ medium: 0, event }));

const labels = (answer: string): string[] => findEvidence(answer, told).map(({ event }) => `${event.label} ${event.startSeconds}`);

describe('findEvidence', () => {
  it.each([
    ['A dog is seen from 8 to 9 seconds.', ['dog 8']],
    ['There are dogs.', ['dog 1', 'dog 8']],
    ['A dog is there at 2 seconds.', ['dog 1']],
    ['People, then a bus.', ['person 0', 'bus 5']],
    ['The sign says "EXIT 12".', ['EXIT 12 4']],
    ['It says “出口”.', ['出口 6.2']],
    ['Somebody says "Mind the gap." from 2 to 4 seconds.', ['Mind the gap. 2']],
    ['Yes, somebody speaks from 10 to 12 seconds.', ['speech 10']],
    ['Their arms are raised.', ['arms raised 3']],
    ['Something happens at 5 seconds.', ['bus 5']],
    ['A person from 0 to 4 seconds; a dog from 1 to 3 seconds.', ['person 0', 'dog 1']],
  ])('%s', (answer, expected) => expect(labels(answer)).toEqual(expected));

  it.each(['The timeline does not show that.', 'There is no dog.', 'Nobody speaks.', 'A dogma of businesses.', ''])('finds nothing in %j', (answer) =>
    expect(labels(answer)).toEqual([]),
  );

  it('looks for words, whatever an event is called', () => {
    const odd = [{ medium: 0, event: timelineEvent('text', 'a(b[c*', 0, 1) }, { medium: 0, event: timelineEvent('objects', '(', 0, 1) }];
    expect(findEvidence('It says "a(b[c*".', odd).length).toBeLessThanOrEqual(2);
  });

  it('names no more events than a person looks at', () => {
    const many = Array.from({ length: 50 }, (_, i) => ({ medium: 0, event: timelineEvent('objects', 'car', i, i + 0.5) }));
    expect(findEvidence('Cars.', many)).toHaveLength(12);
  });
});
