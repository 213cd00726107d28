import { describe, expect, it } from 'vitest';
import { annotationEditSchema } from '../../../../server/common/annotations/annotationSchema.js';
import { inEnglish } from '../../../../server/common/translator.js';
import {
  type AnnotatedSegment,
  type AnnotationDocument,
  type AnnotationEdit,
  emptyAnnotations,
  type Segment,
  type TimelineEvent,
  type TimelineTrack,
} from '../../../../server/protocol/index.js';
import { SuggestRun, type SuggestPorts } from '../../../../server/skills/suggest/suggestRun.js';
import { suggestTimeline } from '../../../../server/skills/suggest/tasks/timeline.js';
import { makeVideo } from '../../../fakes/gatedParts.js';
import { timelineEvent, timelineExample } from '../../../fixtures/timelineExample.js';

const facts = makeVideo('/clips/ball.mp4').facts;
const times = Float64Array.from({ length: 100 }, (_, i) => i / 10);

interface Given {
  events: TimelineEvent[];
  document?: Partial<AnnotationDocument>;
  span?: Segment;
  track?: string;
  timelineTracks?: TimelineTrack[];
  kind?: 'image';
}
async function suggested({ events, document = {}, kind, ...params }: Given): Promise<{ edits: AnnotationEdit[]; segments: AnnotatedSegment[]; note: string; asked: TimelineTrack[] }> {
  const asked: TimelineTrack[] = [];
  let next = document.segments?.length ?? 0;
  const ports: SuggestPorts = {
    params: { task: 'timeline', ...params },
    document: { ...emptyAnnotations({ path: 'ball.mp4' }), ...document },
    facts: { ...facts, ...(kind ? { kind } : {}), durationSeconds: 10 },
    grid: { times, durationSeconds: 10, snap: true },
    at: '2026-01-01T00:00:00Z',
    newId: () => `s${next++}`,
    findShots: async () => [],
    findEvents: async (tracks) => {
      asked.push(...tracks);
      return timelineExample({ events });
    },
    translate: inEnglish,
    progress: () => undefined,
  };
  const run = new SuggestRun(ports);
  await suggestTimeline(run);
  return { edits: run.edits, segments: run.edits.flatMap((edit) => (edit.op === 'add' && edit.list === 'segments' ? [edit.item] : [])), note: run.noted, asked };
}

describe('events of the timeline as suggestions', () => {
  it('are labels of what was seen and captions of what was read or said, and say which model noticed them', async () => {
    const { edits, segments, asked } = await suggested({
      events: [
        timelineEvent('objects', 'person', 0.12, 4.04, { confidence: 0.7 }),
        timelineEvent('objects', 'dog', 0.1, 4),
        timelineEvent('text', 'EXIT\u0000 left', 2, 3, { source: 'pp-ocr' }),
        timelineEvent('speech', 'Hello.', 5, 6, { source: 'subtitles', confidence: 1 }),
        timelineEvent('speech', 'speech', 7, 8, { source: 'silero' }),
      ],
    });
    expect(segments).toMatchObject([
      { start: 0.1, end: 4, track: 'objects', label: 'person', provenance: { author: 'model', model: { id: 'nanodet' }, confidence: 0.7, status: 'suggested' } },
      { start: 0.1, end: 4, label: 'dog' },
      { start: 2, end: 3, track: 'text', label: 'text', caption: expect.stringMatching(/^EXIT ?left$/) as unknown },
      { label: 'speech', caption: 'Hello.', provenance: { model: { id: 'videochat-subtitles' } } },
      { label: 'speech', provenance: { model: { id: 'silero' } } },
    ]);
    expect(segments[3]?.provenance).not.toHaveProperty('confidence');
    expect(segments[4]).not.toHaveProperty('caption');
    expect(edits.filter((edit) => !annotationEditSchema.safeParse(edit).success)).toEqual([]);
    expect(asked).toEqual(['objects', 'text', 'speech', 'people']);
  });

  it('are of the tracks, on the track and in the part that were asked for', async () => {
    const events = [timelineEvent('motion', 'still', 0, 5), timelineEvent('motion', 'dark', 8, 9)];
    const { segments, asked } = await suggested({ events, timelineTracks: ['motion'], track: 'main', span: { startSeconds: 2, endSeconds: 6 } });
    expect(asked).toEqual(['motion']);
    expect(segments).toMatchObject([{ start: 2, end: 5, track: 'main', label: 'still' }]);
  });

  it('are not made twice: not of what is there, was rejected, or was noticed a little longer', async () => {
    const events = [timelineEvent('objects', 'person', 0, 4), timelineEvent('objects', 'person', 6, 8), timelineEvent('text', 'EXIT', 2, 3)];
    const { segments: first } = await suggested({ events });
    expect(first).toHaveLength(3);
    const rejected = first.map((segment) => ({ ...segment, provenance: { ...segment.provenance, status: 'rejected' as const } }));
    const again = await suggested({ events, document: { segments: rejected } });
    expect(again).toMatchObject({ segments: [], note: expect.stringContaining('there already') as unknown });
    const longer = [timelineEvent('objects', 'person', 0, 5), timelineEvent('objects', 'dog', 0, 4), timelineEvent('text', 'exit', 2, 3.5)];
    expect((await suggested({ events: longer, document: { segments: first } })).segments).toMatchObject([{ label: 'dog' }]);
  });

  it('say why there are none, or fewer', async () => {
    expect(await suggested({ events: [] })).toMatchObject({ edits: [], note: 'The clip has no sound. Nothing was noticed.' });
    expect(await suggested({ events: [timelineEvent('objects', 'dog', 0, 1)], kind: 'image' })).toMatchObject({ edits: [], note: 'A picture has no segments.', asked: [] });
    const many = Array.from({ length: 2100 }, (_, i) => timelineEvent('text', `line ${i}`, 1, 2));
    const { segments, note } = await suggested({ events: many });
    expect([segments.length, note]).toEqual([2000, expect.stringContaining('Of 2100 events the first 2000')]);
  });
});
