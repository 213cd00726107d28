import { parse } from 'csv-parse/sync';
import { parseSync } from 'subtitle';
import { describe, expect, it } from 'vitest';
import { exportTimeline } from '../../../server/perception/exportTimeline.js';
import type { Timeline } from '../../../server/protocol/index.js';
import { timelineSchemas } from '../../../server/rpc/timelineSchemas.js';

const timeline: Timeline = {
  contentHash: 'f'.repeat(64),
  durationSeconds: 100_000,
  tracks: [{ track: 'objects', state: 'complete' }, { track: 'speech', state: 'complete' }, { track: 'text', state: 'unavailable', note: 'No model.' }],
  events: [
    { id: 'o1', track: 'objects', startSeconds: 2, endSeconds: 9.0006, label: 'person', count: 3, confidence: 0.82, source: 'nanodet', box: [0.1, 0.2, 0.3, 0.4], bestSeconds: 4 },
    { id: 's1', track: 'speech', startSeconds: 3, endSeconds: 4, label: 'Say "hi", <b>now</b>\n\n--> & go', confidence: 1, source: 'subtitles' },
    { id: 's2', track: 'speech', startSeconds: 90_000, endSeconds: 90_000, label: 'speech', confidence: 0.7, source: 'silero' },
  ],
  frameSeconds: [2, 4],
  models: [{ id: 'nanodet', name: 'NanoDet', sha256: 'a'.repeat(64) }],
};

describe('a timeline as text', () => {
  it('is itself as JSON, and can be given back', () => {
    const text = exportTimeline({ timeline, format: 'json' });
    expect(JSON.parse(text)).toEqual(timeline);
    expect(timelineSchemas.export.parse({ timeline: JSON.parse(text) as unknown, format: 'json' }).timeline).toEqual(timeline);
  });

  it('is a cue for each event in WebVTT and SRT, whatever is said, after a day too', () => {
    const srt = parseSync(exportTimeline({ timeline, format: 'srt' })).map(({ data }) => data);
    expect(srt).toMatchObject([
      { start: 2000, end: 9001, text: '[objects] person × 3' },
      { start: 3000, end: 4000, text: 'Say "hi", <b>now</b>\n--> & go' },
      { start: 90_000_000, end: 90_000_001, text: '[speech] speech' },
    ]);
    const vtt = exportTimeline({ timeline, format: 'webvtt' });
    expect(vtt.startsWith('WEBVTT\n\no1\n00:00:02.000 --> 00:00:09.001\n[objects] person × 3\n\n')).toBe(true);
    expect(vtt).toContain('Say "hi", &lt;b&gt;now&lt;/b&gt;\n--&gt; &amp; go');
    expect(vtt.match(/-->/g)).toHaveLength(3);
  });

  it('is a row for each event in CSV', () => {
    const rows: Record<string, string>[] = parse(exportTimeline({ timeline, format: 'csv' }), { columns: true });
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ track: 'objects', start: '2', end: '9.0006', label: 'person', count: '3', x: '0.1', height: '0.4', best: '4' });
    expect(rows[1]).toMatchObject({ label: 'Say "hi", <b>now</b>\n\n--> & go', count: '', x: '' });
  });

  it('has only the tracks that were asked for', () => {
    const only = JSON.parse(exportTimeline({ timeline, format: 'json', tracks: ['objects'] })) as Timeline;
    expect(only.events.map(({ id }) => id)).toEqual(['o1']);
    expect(only.tracks).toEqual([{ track: 'objects', state: 'complete' }]);
    expect(exportTimeline({ timeline: { ...timeline, events: [] }, format: 'webvtt' })).toBe('WEBVTT\n');
    expect(exportTimeline({ timeline: { ...timeline, events: [] }, format: 'srt' })).toBe('');
  });
});
