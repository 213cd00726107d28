import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTimelineContext } from '../../../server/context/buildTimelineContext.js';
import { supportedAnswerGrammar } from '../../../server/context/supportedAnswerGrammar.js';
import { supportedAnswers } from '../../../server/context/supportedAnswers.js';
import { checkGrammar } from '../../../server/language/checkGrammar.js';
import type { Timeline, TimelineEvent } from '../../../server/protocol/index.js';

const room = { maxTokens: 10_000, countTokens: (text: string) => text.split(/\s+/u).length };

function event(track: TimelineEvent['track'], label: string, startSeconds: number, endSeconds: number, more: Partial<TimelineEvent> = {}): TimelineEvent {
  return { id: `${track}-${label}-${startSeconds}`, track, label, startSeconds, endSeconds, confidence: 0.9, source: 'model', ...more };
}

function contextOf(events: TimelineEvent[], durationSeconds = 12): string {
  const timeline: Timeline = { contentHash: 'a'.repeat(64), durationSeconds, tracks: [], events, frameSeconds: [], models: [] };
  return buildTimelineContext({ timeline, ...room }).text;
}

const street = [
  event('shots', 'shot', 0, 4),
  event('objects', 'person', 2, 9, { count: 2 }),
  event('people', 'standing', 2, 5),
  event('shots', 'shot', 4, 12),
  event('objects', 'dog', 4, 6, { count: 1 }),
  event('text', 'EXIT 12', 4, 6),
  event('speech', 'Look, a dog!', 5, 8, { source: 'subtitles' }),
  event('speech', 'speech', 9.3, 9.4),
  event('objects', 'person', 10, 12),
];

describe('answers that a context bears out', () => {
  it('are those of the forms that the reader was taught', () => {
    const answers = supportedAnswers(contextOf(street));
    for (const answer of [
      'Objects: person from 2 to 9 seconds and from 10 to 12 seconds, at most 2 at once; dog from 4 to 6 seconds, at most 1 at once.',
      'Actions: standing from 2 to 5 seconds.',
      'Yes, dog from 4 to 6 seconds.',
      'From 2 to 9 seconds and from 10 to 12 seconds.',
      'From 5 to 8 seconds and from 9.3 to 9.4 seconds.',
      'Seen: person from 2 to 9 seconds and from 10 to 12 seconds, at most 2 at once.',
      'Text 1 "EXIT 12" from 4 to 6 seconds.',
      'Speech 1 "Look, a dog!" from 5 to 8 seconds; speech 2 from 9.3 to 9.4 seconds.',
      'Yes, speech 1 "Look, a dog!" from 5 to 8 seconds; speech 2 from 9.3 to 9.4 seconds.',
      'First: object person from 2 to 9 seconds.',
      'Last: object person from 10 to 12 seconds.',
      'After that: object dog from 4 to 6 seconds.',
      'Before that: object dog from 4 to 6 seconds.',
      'It has 2 shots.',
      'The clip lasts 12 seconds.',
      'It shows person, dog, standing, text, speech.',
      'person and dog',
      'The timeline does not show that.',
    ]) {
      expect(answers).toContain(answer);
    }
    expect(answers).not.toContain('Yes, dog from 2 to 9 seconds.');
    expect(answers).not.toContain('Seen: person from 2 to 9 seconds and from 10 to 12 seconds, at most 1 at once.');
    expect(answers.filter((answer) => answer.startsWith('The clip lasts')).length).toBe(2);
    expect(new Set(answers).size).toBe(answers.length);
  });

  it('are captions where there are some, with their times', () => {
    const timeline: Timeline = { contentHash: 'a'.repeat(64), durationSeconds: 9, tracks: [], events: [], frameSeconds: [], models: [] };
    const captions = [
      { text: 'A man walks a dog.', startSeconds: 0, endSeconds: 4 },
      { text: 'It barks', startSeconds: 6, endSeconds: 6 },
    ];
    const answers = supportedAnswers(buildTimelineContext({ timeline, captions, ...room }).text);
    expect(answers).toContain('From 0 to 4 seconds: A man walks a dog. At 6 seconds: It barks.');
    expect(answers).toContain('A man walks a dog.');
  });

  it('are those of each of several media', () => {
    const context = `Video 1:\n${contextOf([event('objects', 'dog', 0, 4)])}\n\nVideo 2:\n${contextOf([event('objects', 'cat', 1, 3)])}`;
    expect(supportedAnswers(context)).toEqual(expect.arrayContaining(['Yes, dog from 0 to 4 seconds.', 'Yes, cat from 1 to 3 seconds.']));
  });

  it('tell ten lines at most', () => {
    const many = Array.from({ length: 12 }, (_, i) => event('text', `SIGN ${i}`, i, i + 1));
    const texts = supportedAnswers(contextOf(many)).find((answer) => answer.startsWith('Text 1'));
    expect(texts).toMatch(/; text 10 "SIGN 9" from 9 to 10 seconds; and more\.$/u);
  });

  it('never fail, whatever was read off a screen or written by a model', () => {
    const label = fc.string({ unit: 'binary', maxLength: 80 });
    const track = fc.constantFrom<TimelineEvent['track']>('objects', 'text', 'speech', 'people', 'motion', 'shots');
    fc.assert(
      fc.property(fc.array(fc.tuple(track, label, fc.nat(9), fc.nat(9)), { maxLength: 12 }), (drawn) => {
        const context = contextOf(drawn.map(([kind, name, from, length]) => event(kind, name, from, from + length)), 20);
        const grammar = supportedAnswerGrammar(context);
        expect(grammar).toBeDefined();
        checkGrammar(grammar ?? '');
        expect(supportedAnswers(context)).toContain('The timeline does not show that.');
      }),
      { numRuns: 60 },
    );
    expect(supportedAnswers('')).toEqual(['The timeline does not show that.']);
    expect(supportedAnswers('Some text that nobody laid out.\nAnother line.')).toContain('The timeline does not show that.');
  });

  it('are left to the model where there are more than a grammar holds', () => {
    const many = Array.from({ length: 900 }, (_, i) => event('objects', `thing ${i}`, i, i + 1));
    const timeline: Timeline = { contentHash: 'a'.repeat(64), durationSeconds: 900, tracks: [], events: many, frameSeconds: [], models: [] };
    const { text } = buildTimelineContext({ timeline, maxTokens: 100_000, countTokens: room.countTokens });
    expect(supportedAnswerGrammar(text)).toBeUndefined();
  });
});
