import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnnotatedSegment, type AnnotationDocument, emptyAnnotations } from '../../../server/protocol/annotation.js';
import type { AnnotationEdit } from '../../../server/protocol/annotationEdit.js';
import { applyAnnotationEdits } from '../../../server/protocol/annotationEdit.js';
import { englishAnnotateStrings } from '../../../server/protocol/annotateStrings.js';
import { englishStrings } from '../../../server/protocol/englishStrings.js';
import { focusPlace } from '../../../webview/annotate/host/focusPlace.js';
import { isAnnotateHostMessage } from '../../../webview/annotate/host/isAnnotateHostMessage.js';
import { defaultView, readSavedView } from '../../../webview/annotate/host/savedView.js';
import { filteredRows, noFilter } from '../../../webview/annotate/panes/listFilter.js';
import { exactTime, parseTime } from '../../../webview/annotate/panes/timeText.js';
import { FrameClock } from '../../../webview/annotate/player/frameClock.js';
import { labelKeys, tracksOf } from '../../../webview/annotate/session/labels.js';
import { follow, nothingYet, type Optimistic, propose, replace, settle, shownDocument } from '../../../webview/annotate/state/optimistic.js';
import { texts, useTexts } from '../../../webview/annotate/texts.js';
import { strings } from '../../../webview/chat/strings.js';
import { draggedSpan } from '../../../webview/annotate/timeline/drag.js';
import { hitTest } from '../../../webview/annotate/timeline/hit.js';
import { between, layOut } from '../../../webview/annotate/timeline/rows.js';
import { clampScale, fitScale, secondsAt, xOf, zoomScale } from '../../../webview/annotate/timeline/timeScale.js';

const dataset = { format: 'videochat-dataset' as const, version: 1, tracks: [{ id: 'action' }, { id: 'speech' }] };
const segment = (id: string, start: number, end: number, more: Partial<AnnotatedSegment> = {}): AnnotatedSegment => ({ id, start, end, ...more });
const documentOf = (segments: AnnotatedSegment[]): AnnotationDocument => ({ ...emptyAnnotations({ path: 'a.mp4' }), segments });
const label = (id: string, value: string): AnnotationEdit => ({ op: 'patch', list: 'segments', id, set: { label: value } });
const remove = (id: string): AnnotationEdit => ({ op: 'remove', list: 'segments', id });

describe('edits on their way to the host', () => {
  const start = replace(nothingYet, 5, documentOf([segment('a', 0, 1), segment('b', 1, 2)]));
  const labels = (state: Optimistic): unknown => shownDocument(state)?.segments.map((each) => each.label);
  const gapless = (state: Optimistic | 'gap'): Optimistic => {
    expect(state).not.toBe('gap');
    return state === 'gap' ? nothingYet : state;
  };

  it('shows them at once, and goes back when they are refused', () => {
    const asked = propose(propose(start, 1, [label('a', 'x')]), 2, [label('b', 'y')]);
    expect(labels(asked)).toEqual(['x', 'y']);
    expect(labels(settle(asked, 1, true))).toEqual([undefined, 'y']);
    expect(settle(asked, 9, true)).toBe(asked);
  });

  it('lets later changes of others through once its own are in the text, whichever comes first: the change or the reply', () => {
    for (const replyFirst of [true, false]) {
      let state = propose(start, 1, [label('a', 'mine')]);
      state = replyFirst ? settle(state, 1, false) : state;
      state = gapless(follow(state, 6, [label('a', 'mine')]));
      state = gapless(follow(state, 7, [label('a', 'theirs')]));
      state = settle(state, 1, false);
      expect(labels(state)).toEqual(['theirs', undefined]);
      expect(state.proposed).toEqual([]);
    }
  });

  it('asks for everything after a gap, a change that does not fit, and without a document', () => {
    expect(follow(start, 7, [])).toBe('gap');
    expect(follow(start, 6, [remove('nobody')])).toBe('gap');
    expect(follow(nothingYet, 0, [])).toBe('gap');
  });

  it('ends as the host has it, whatever is refused and whatever comes between', () => {
    const edits = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'z', 'gone'), fc.boolean(), fc.boolean()), { maxLength: 12 });
    fc.assert(
      fc.property(edits, (actions) => {
        let host = documentOf([segment('a', 0, 1), segment('b', 1, 2), segment('c', 2, 3)]);
        let revision = 0;
        let page = replace(nothingYet, revision, host);
        const waiting: { id: number; edits: AnnotationEdit[] }[] = [];
        const change = (changes: AnnotationEdit[], id?: number): void => {
          const { document } = applyAnnotationEdits(host, changes);
          if (document) {
            host = document;
            const next = follow(page, ++revision, changes);
            page = next === 'gap' ? replace(page, revision, host) : next;
          }
          page = id === undefined ? page : settle(page, id, document === undefined);
        };
        actions.forEach(([id, value, own, answer], index) => {
          const changes = [value === 'gone' ? remove(id) : label(id, value)];
          if (own) {
            page = propose(page, index, changes);
            waiting.push({ id: index, edits: changes });
          } else {
            change(changes);
          }
          const first = answer ? waiting.shift() : undefined;
          if (first) {
            change(first.edits, first.id);
          }
        });
        waiting.forEach((each) => change(each.edits, each.id));
        expect(page.proposed).toEqual([]);
        expect(shownDocument(page)).toEqual(host);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the timeline’s arithmetic', () => {
  const scales = fc.record({ width: fc.integer({ min: 50, max: 3000 }), duration: fc.double({ min: 0.1, max: 20_000, noNaN: true }), zoom: fc.double({ min: 0.1, max: 1e4, noNaN: true }), x: fc.double({ min: 0, max: 1, noNaN: true }) });

  it('keeps the clip in view, and the moment under the pointer where it is', () => {
    fc.assert(
      fc.property(scales, ({ width, duration, zoom, x }) => {
        const scale = zoomScale(fitScale(width, duration), zoom, x * width, width, duration);
        expect(scale.start).toBeGreaterThanOrEqual(0);
        expect(secondsAt(scale, width)).toBeLessThanOrEqual(duration * (1 + 1e-9) + 1e-9);
        expect(xOf(scale, x * duration)).toBeCloseTo(x * width, 3);
        expect(clampScale(scale, width, duration)).toEqual(scale);
      }),
    );
  });

  it('finds exactly the segments that touch the view, and stacks those that overlap', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 30 })), { maxLength: 40 });
    fc.assert(
      fc.property(spans, fc.integer({ min: -10, max: 120 }), fc.integer({ min: 0, max: 40 }), (all, from, length) => {
        const segments = all.map(([start, wide], i) => segment(`s${i}`, start, start + wide));
        const [row] = layOut(segments, undefined, { shots: true, wave: false }).tracks;
        const found = row ? [...between(row, from, from + length)].map((each) => each.segment.id).sort() : [];
        expect(found).toEqual(segments.filter(({ start, end }) => start <= from + length && end >= from).map(({ id }) => id).sort());
        const lanes = new Map<number, number>();
        for (const { segment: each, lane } of row?.placed ?? []) {
          if (lane < 5) {
            expect(each.start).toBeGreaterThanOrEqual(lanes.get(lane) ?? 0);
          }
          lanes.set(lane, each.end);
        }
      }),
    );
  });

  it('takes hold of edges, bodies and empty tracks', () => {
    const rows = layOut([segment('a', 1, 2), segment('b', 2, 3, { track: 'speech' }), segment('c', 4, 4.001)], dataset, { shots: false, wave: false });
    const scale = { start: 0, pixelsPerSecond: 100 };
    const at = (x: number, y: number, selected: string[] = []): string => {
      const hit = hitTest(rows, scale, x, y, new Set(selected));
      return 'segment' in hit ? `${hit.on} ${hit.segment.id}` : hit.on === 'track' ? hit.row.track.id : hit.on;
    };
    expect([at(103, 10), at(96, 10), at(150, 10), at(198, 10), at(90, 10)]).toEqual(['start a', 'start a', 'segment a', 'end a', 'action']);
    expect([at(250, 35), at(250, 10), at(250, 400)]).toEqual(['segment b', 'action', 'nothing']);
    expect(at(397, 10)).toBe('start c');
  });

  it('drags with whichever end comes nearer to something', () => {
    const grid = { times: Float64Array.from({ length: 100 }, (_, i) => i / 10), durationSeconds: 10, snap: true };
    const targets = { edges: [5], shots: [2], playhead: 8 };
    const parts = { grid, targets, within: 0.25 };
    const one = segment('a', 1, 2);
    expect(draggedSpan({ kind: 'move', segment: one, from: 1.5 }, 4.35, parts)).toEqual({ start: 4, end: 5 });
    expect(draggedSpan({ kind: 'move', segment: one, from: 1.5 }, 2.61, parts)).toEqual({ start: 2, end: 3 });
    expect(draggedSpan({ kind: 'end', segment: one }, 0, parts)).toEqual({ start: 1, end: 1.1 });
    expect(draggedSpan({ kind: 'start', segment: one }, 9, parts)).toEqual({ start: 1.9, end: 2 });
    expect(draggedSpan({ kind: 'create', track: 'action', from: 7.9 }, 6.44, parts)).toEqual({ start: 6.4, end: 8 });
    expect(draggedSpan({ kind: 'create', track: 'action', from: 3 }, 3, { ...parts, grid: { ...grid, snap: false } })).toEqual({ start: 3, end: 3.001 });
  });
});

describe('frames', () => {
  it('knows them where the server told their times, and estimates else', () => {
    const exact = new FrameClock(Float64Array.from([0, 0.1, 0.4, 0.5]), 0.6, 25);
    expect([0, 0.0999, 0.3999, 0.4, 9].map((seconds) => exact.frameAt(seconds))).toEqual([0, 1, 2, 2, 3]);
    expect([exact.lastFrame, exact.timeOf(2), exact.timeOf(4), exact.isExact]).toEqual([3, 0.4, 0.6, true]);
    expect(exact.seekTo(1)).toBeCloseTo(0.101, 6);
    const rough = new FrameClock(undefined, 2, 25);
    expect([rough.lastFrame, rough.frameAt(1), rough.timeOf(50), rough.isExact]).toEqual([49, 25, 2, false]);
    expect(new FrameClock(undefined, 0, 0).timeOf(25)).toBe(1);
  });
});

describe('times as people write them', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e10 }), (micros) => {
        expect(parseTime(exactTime(micros / 1e6))).toBeCloseTo(micros / 1e6, 6);
      }),
    );
    expect([exactTime(0), exactTime(3723.5), exactTime(1.234567)]).toEqual(['0:00:00.00', '1:02:03.50', '0:00:01.234567']);
  });
  it('reads shorter forms, and refuses what is no time', () => {
    expect(['12', '1:02', '1:02:03,5', ' .5 s', '90.25'].map(parseTime)).toEqual([12, 62, 3723.5, 0.5, 90.25]);
    expect(['', 'x', '1:2:3:4', '-1', '1e9', '1:'].map(parseTime)).toEqual(Array.from({ length: 6 }, () => undefined));
  });
});

describe('lists', () => {
  const document: AnnotationDocument = {
    ...documentOf([
      segment('late', 5, 6, { caption: 'Öffnet die Tür', provenance: { status: 'suggested' } }),
      segment('early', 1, 2, { label: 'close', attributes: { hand: 'left' } }),
      segment('middle', 3, 4, { label: 'open', provenance: { status: 'rejected' } }),
    ]),
    questions: [{ id: 'q', question: 'Who?', answer: 'Nobody', options: ['A cat'] }],
    conversations: [{ id: 'c', turns: [{ role: 'system', text: 'Be kind' }, { role: 'user', text: 'Hello' }] }],
  };
  const ids = (...args: [Parameters<typeof filteredRows>[1], Partial<typeof noFilter>]): string[] => filteredRows(document, args[0], { ...noFilter, ...args[1] }).map(({ id }) => id);

  it('puts what is to review first, then goes by time', () => {
    expect(ids('segments', {})).toEqual(['late', 'early', 'middle']);
    expect(ids('segments', { reviewFirst: false })).toEqual(['early', 'middle', 'late']);
  });
  it('searches all words of an item and filters by status and label', () => {
    expect([ids('segments', { text: 'öFFN' }), ids('segments', { text: 'left' }), ids('segments', { status: 'rejected' }), ids('segments', { label: 'close' })]).toEqual([['late'], ['early'], ['middle'], ['early']]);
    expect([ids('questions', { text: 'cat' }), ids('questions', { status: 'own' }), ids('conversations', { text: 'kind' })]).toEqual([['q'], ['q'], ['c']]);
    expect(filteredRows(document, 'conversations', noFilter)[0]?.text).toBe('Hello');
  });
});

describe('labels and tracks', () => {
  it('gives digits to labels: their own first, then the free ones in order', () => {
    const labels = [{ name: 'a' }, { name: 'b', key: '1' }, { name: 'c', tracks: ['speech'] }, { name: 'd' }];
    expect([...labelKeys('action', { ...dataset, labels })].map(([key, rule]) => key + rule.name).sort()).toEqual(['1b', '2a', '3d']);
    expect(labelKeys('speech', { ...dataset, labels }).get('3')?.name).toBe('c');
  });
  it('shows tracks that only segments name, behind the others', () => {
    expect(tracksOf([segment('a', 0, 1, { track: 'zoo' }), segment('b', 0, 1)], dataset).map(({ id }) => id)).toEqual(['action', 'speech', 'zoo']);
    expect(tracksOf([], undefined)).toEqual([{ id: 'main' }]);
  });
});

describe('texts', () => {
  it('share no key with the chat page, for the host sends both in one', () => {
    const keys = Object.keys(englishAnnotateStrings);
    expect(keys.filter((key) => key in englishStrings)).toEqual([]);
    expect(Object.values<string>(englishAnnotateStrings).filter((text) => text.trim() === '')).toEqual([]);
  });
  it('are the host’s where it has them', () => {
    useTexts({ accept: '接受', play: '播放', reject: '', search: 5, unknown: 'x' });
    expect([texts(), strings()]).toEqual([{ ...englishAnnotateStrings, accept: '接受' }, { ...englishStrings, play: '播放' }]);
    useTexts(null);
    expect([texts(), strings()]).toEqual([englishAnnotateStrings, englishStrings]);
  });
});

describe('where keys go', () => {
  it('is the timeline unless something else has the focus; letters only go to text', () => {
    const element = (matching: string): Element => ({ matches: (selectors: string) => selectors.split(',').some((selector) => selector.trim() === matching) }) as unknown as Element;
    const body = element('body');
    expect([null, body, element('textarea'), element('select'), element('.item-list'), element('.tracks'), element('button')].map((active) => focusPlace(active, body))).toEqual([
      'timeline', 'timeline', 'text', 'text', 'list', 'timeline', 'other',
    ]);
  });
});

describe('what arrives', () => {
  it('is checked before the page acts on it', () => {
    const state = { revision: 0, document: documentOf([segment('a', 0, 1)]), problems: [], dataset, readOnly: false, dirty: false, clip: { name: 'a.mp4' }, server: { state: 'ready' }, annotator: 'ada' };
    expect(isAnnotateHostMessage({ type: 'state', state })).toBe(true);
    const wrong = [
      { type: 'state', state: { ...state, document: documentOf([segment('a', Number.NaN, 1)]) } },
      { type: 'state', state: { ...state, clip: { name: 'a', media: { mediaId: 'm', mode: 'file', url: 'javascript:alert(1)' } } } },
      { type: 'state', state: { ...state, server: { state: 'failed' } } },
      { type: 'edited', revision: 1, edits: [{ op: 'wipe' }], problems: [], dirty: false },
      { type: 'command', command: 'format' },
      { type: 'constructor' },
      'state',
      null,
    ];
    expect(wrong.filter(isAnnotateHostMessage)).toEqual([]);
    expect(isAnnotateHostMessage({ type: 'edited', revision: 1, edits: [label('a', 'x'), remove('b'), { op: 'clip', set: {} }], problems: [], dirty: false })).toBe(true);
  });
  it('forgets a view that it cannot read', () => {
    expect(readSavedView({ ...defaultView, pane: 'nowhere' })).toBe(defaultView);
    expect(readSavedView({ ...defaultView, selection: { list: 'questions', ids: ['q'] } })).toMatchObject({ selection: { ids: ['q'] } });
  });
});
