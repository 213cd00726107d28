import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../server/models/manifest.js';
import { findEvents, overlap } from '../../../server/skills/locate/findEvents.js';
import { readerGrammar, readReply } from '../../../server/skills/locate/readerGrammar.js';
import { asksWhen, timesPrompt } from '../../../server/skills/locate/timesPrompt.js';
import { mergeCaptions } from '../../../server/skills/denseCaption/mergeCaptions.js';
import { ownCaptions } from '../../../server/skills/denseCaption/ownCaptions.js';
import { exportDenseCaptions } from '../../../server/skills/denseCaption/exportDenseCaptions.js';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../../server/common/annotations/writeAnnotations.js';
import { writtenEvents } from '../../../server/skills/locate/writtenEvents.js';
import { type AnnotatedSegment, emptyAnnotations, ErrorCode, type TimelineEvent, type VideoFacts } from '../../../server/protocol/index.js';
import { makeTinyModel } from '../../fixtures/tinyEncoder.js';

const event = (track: TimelineEvent['track'], label: string, startSeconds: number, endSeconds: number, confidence = 0.8, more: Partial<TimelineEvent> = {}): TimelineEvent => ({
  ...{ id: `${track} ${label} ${startSeconds}`, track, label, startSeconds, endSeconds, confidence, source: 'eyes' },
  ...more,
});
const events = [
  event('objects', 'person', 0, 10, 0.9, { bestSeconds: 3 }),
  event('objects', 'dog', 4, 7, 0.8, { bestSeconds: 6.5 }),
  event('objects', 'car', 12, 20, 0.6),
  event('text', 'NO PARKING HERE', 13, 15, 0.95),
  event('speech', 'speech', 2, 3, 0.7),
  event('motion', 'still', 20, 30, 1),
];

describe('events that fit a query', () => {
  it('are found by their words, with their own confidence and best frame', () => {
    expect(findEvents('a dog', events)).toEqual({ spans: [{ startSeconds: 4, endSeconds: 7, confidence: 0.8, reasons: ['dog'], bestSeconds: 6.5 }], missing: [] });
    expect(findEvents('when does the dog appear?', events).spans).toHaveLength(1);
    expect(findEvents('"no parking"', events).spans).toMatchObject([{ startSeconds: 13, endSeconds: 15, confidence: 0.95 }]);
  });

  it('are found by other forms and by kinds of what was asked for, less surely', () => {
    expect(findEvents('dogs', events).spans[0]).toMatchObject({ startSeconds: 4 });
    const [vehicle] = findEvents('a vehicle', events).spans;
    expect(vehicle).toMatchObject({ startSeconds: 12, endSeconds: 20, reasons: ['car'] });
    expect(vehicle?.confidence).toBeLessThan(0.6);
    expect(findEvents('does somebody speak?', events).spans.some(({ startSeconds }) => startSeconds === 2)).toBe(true);
  });

  it('count for more where several words meet, and what is missing is said', () => {
    const { spans } = findEvents('person dog', events);
    expect(spans.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([[4, 7], [0, 10]]);
    expect(spans[0]?.confidence).toBeCloseTo((0.9 + 0.8) / 2, 10);
    const half = findEvents('dog zeppelin', events);
    expect(half).toMatchObject({ missing: ['zeppelin'], spans: [{ confidence: 0.4 }] });
    expect(findEvents('zeppelin', events).spans).toEqual([]);
  });

  it('refuse a query that names nothing', () => {
    expect(() => findEvents(' ?!', events)).toThrowError(expect.objectContaining({ code: ErrorCode.InvalidParams }));
  });
});

describe('what was written of a clip', () => {
  it('is searched too: a person’s word counts fully, a suggestion less, what was rejected not at all', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'videochat-locate-'));
    try {
      const clip = path.join(folder, 'a.mp4');
      const at = '2026-01-01T00:00:00.000Z';
      const segments: AnnotatedSegment[] = [
        { id: 's1', start: 1, end: 3, label: 'jump', caption: 'A zebra jumps.' },
        { id: 's2', start: 4, end: 6, caption: 'A zebra sleeps.', provenance: { author: 'model', at, status: 'suggested' } },
        { id: 's3', start: 7, end: 9, caption: 'A zebra flies.', provenance: { author: 'model', at, status: 'rejected' } },
      ];
      await writeFile(`${clip}.videochat.json`, writeAnnotations({ ...emptyAnnotations({ path: 'a.mp4' }), segments }));
      const { spans } = findEvents('zebra', writtenEvents(clip));
      expect(spans.map(({ startSeconds, confidence, reasons }) => [startSeconds, confidence, reasons[0]])).toEqual([[1, 1, 'jump: A zebra jumps.'], [4, 0.5, 'A zebra sleeps.']]);
      expect(writtenEvents(path.join(folder, 'other.mp4'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('overlap', () => {
  it.each([[[0, 10], [5, 15], 1 / 3], [[0, 10], [0, 10], 1], [[0, 1], [1, 2], 0], [[1, 1], [1, 1], 0]])('%j and %j', (a, b, share) => {
    const [first, second] = [a, b].map(([startSeconds = 0, endSeconds = 0]) => ({ startSeconds, endSeconds }));
    expect(overlap(first ?? { startSeconds: 0, endSeconds: 0 }, second ?? { startSeconds: 0, endSeconds: 0 })).toBeCloseTo(share, 10);
  });
});

describe('times that a model says by itself', () => {
  const whole = { startSeconds: 0, endSeconds: 60 };
  const withRules = async (locate: object) => parseManifest({ ...(await makeTinyModel()).manifest, abilities: ['chat', 'image', 'grounding'], prompts: { locate } }, 'tiny');

  it('are asked for in the words of its manifest, unless the query is a question', async () => {
    const manifest = await withRules({ question: 'When is {{ query }} there?', answer: 'From {{ start }} to {{ end }} seconds.', unit: 'seconds' });
    const { question, grammar, read } = timesPrompt(manifest, ' the red ball ', whole);
    expect(question).toBe('When is the red ball there?');
    expect(timesPrompt(manifest, 'When does it fall?', whole).question).toBe('When does it fall?');
    expect(grammar).toContain('"From " n " to " n " seconds."');
    expect(read(' From 2.0 to 5.5 seconds.')).toEqual({ startSeconds: 2, endSeconds: 5.5 });
    expect(timesPrompt(manifest, '{{ 1 + 1 }}', whole).question).toBe('When is {{ 1 + 1 }} there?');
  });

  it('may be hundredths of the part that is shown', async () => {
    const manifest = await withRules({ question: 'During which frames can we see {{ query }}?', answer: 'From {{ start }} to {{ end }}.', absent: 'Never.', unit: 'hundredths' });
    const { read, grammar } = timesPrompt(manifest, 'it', { startSeconds: 10, endSeconds: 60 });
    expect(grammar).toContain('[0-9] [0-9]');
    expect(read('From 17 to 34.')).toEqual({ startSeconds: 18.5, endSeconds: 27 });
    expect(read('From 99 to 99.')).toEqual({ startSeconds: 59.5, endSeconds: 60 });
    expect(read('Never.')).toBeUndefined();
  });

  it('need an answer with both times', async () => {
    for (const locate of [{ answer: 'At {{ start }}' }, { answer: '{{ end }} {{ start }}' }, { answer: 'x {{ start }} {{ end }} {{ start }}' }]) {
      await expect(withRules({ question: 'q {{ query }}', unit: 'seconds', ...locate })).rejects.toMatchObject({ code: ErrorCode.ManifestInvalid });
    }
  });

  it('know a question', () => {
    expect(['when the dog barks', 'Is there a dog?', '狗什么时候叫？'].map(asksWhen)).toEqual([true, true, true]);
    expect(['a dog', 'the man whenever he runs'].map(asksWhen)).toEqual([false, false]);
  });
});

describe('what a reader of timelines says', () => {
  it.each([
    ['From 2 to 9 seconds.', [[2, 9]]],
    ['From 2 to 9 seconds and from 12.5 to 14 seconds and at 20.3 seconds.', [[2, 9], [12.5, 14], [20.3, 20.4]]],
    ['At 5 seconds.', [[5, 6]]],
    ['The timeline does not show that.', []],
  ])('%s', (answer, spans) => {
    expect(readReply(answer).map(({ startSeconds, endSeconds }) => [startSeconds, Math.round(endSeconds * 1000) / 1000])).toEqual(spans);
  });

  it('stays inside the clip', () => {
    expect(readerGrammar(7.2)).toMatch(/n ::= \(\[0-7\] \| "8"\)/);
  });
});

describe('the events that a model tells all at once', () => {
  it('are read in its unit, also where the answer was cut off', () => {
    const { grammar, read } = ownCaptions({ question: 'q', unit: 'hundredths' }, { startSeconds: 0, endSeconds: 200 });
    expect(grammar).toContain('root ::= " "? "[" event');
    const answer = '[{"event": "A dog runs.", "timestamps": "from 00 to 24"}, {"event": "It sleeps.", "timestamps": "from 25 to 99"}, {"event": "It wa';
    expect(read(answer)).toEqual([
      { startSeconds: 0, endSeconds: 50, text: 'A dog runs.' },
      { startSeconds: 50, endSeconds: 200, text: 'It sleeps.' },
    ]);
    const inSeconds = ownCaptions({ question: 'q', unit: 'seconds' }, { startSeconds: 10, endSeconds: 20 });
    expect(inSeconds.read('[{"event": "x", "timestamps": "from 10.5 to 12"}]')).toEqual([{ startSeconds: 10.5, endSeconds: 12, text: 'x' }]);
    expect(inSeconds.read('nothing')).toEqual([]);
  });
});

describe('captions as events', () => {
  const part = { startSeconds: 0, endSeconds: 30 };
  const at = (startSeconds: number, endSeconds: number, text: string) => ({ startSeconds, endSeconds, text });

  it('are merged where neighbours say the same, cut to the part, never over one another', () => {
    const merged = mergeCaptions([at(8, 12, 'A cat.'), at(0, 4, 'A dog.'), at(4, 8, 'a  dog'), at(11, 15, 'A bird.'), at(15, 15, 'x'), at(28, 40, 'End'), at(20, 22, ' ')], part);
    expect(merged).toEqual([at(0, 8, 'A dog.'), at(8, 12, 'A cat.'), at(12, 15, 'A bird.'), at(28, 30, 'End')]);
    // The same again after a gap is another event.
    expect(mergeCaptions([at(0, 2, 'A'), at(5, 6, 'A')], part)).toHaveLength(2);
    expect(mergeCaptions([at(NaN, 2, 'A'), at(1, Infinity, 'B'), at(5, 5.01, 'C'), at(40, 50, 'D')], part)).toEqual([at(1, 30, 'B')]);
  });

  it('are written for players, for the challenge, and for the annotator', () => {
    const facts = { path: '/clips/v_one.mp4', contentHash: 'ab'.repeat(32), kind: 'video', durationSeconds: 30, fps: 25, frameCount: 750 } as VideoFacts;
    const captions = [at(0, 8.5, 'A dog --> runs & jumps.'), at(8.5, 12, 'A cat.')];
    const clips = [{ facts, captions, model: { id: 'm', name: 'M', demonstration: false } }];
    expect(exportDenseCaptions({ clips, format: 'webvtt' })).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:08\.500\nA dog .*jumps\.\n\n00:00:08\.500 --> 00:00:12\.000\nA cat\.\n$/);
    expect(exportDenseCaptions({ clips, format: 'srt' })).toMatch(/^1\n00:00:00,000 --> 00:00:08,500\n/);
    const results = JSON.parse(exportDenseCaptions({ clips: [...clips, { facts: { ...facts, path: '/other/v_one.mp4', contentHash: 'cd'.repeat(32) }, captions: [] }], format: 'activitynet' })) as object;
    expect(results).toEqual({
      version: 'VERSION 1.0',
      results: {
        v_one: [{ sentence: 'A dog --> runs & jumps.', timestamp: [0, 8.5] }, { sentence: 'A cat.', timestamp: [8.5, 12] }],
        'v_one-cdcdcdcd': [],
      },
      external_data: { used: true, details: 'm' },
    });
    const { document } = readAnnotations(exportDenseCaptions({ clips, format: 'annotations' }));
    expect(document).toMatchObject({ media: { path: 'v_one.mp4', duration: 30 }, segments: [{ start: 0, end: 8.5, provenance: { status: 'suggested', model: { id: 'm' } } }, { caption: 'A cat.' }] });
    expect(() => exportDenseCaptions({ clips: [...clips, ...clips], format: 'srt' })).toThrowError(expect.objectContaining({ code: ErrorCode.InvalidParams }));
  });
});
