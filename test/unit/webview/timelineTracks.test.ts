// @vitest-environment happy-dom
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PanelTimeline, PanelTimelineEvent } from '../../../server/protocol/panel.js';
import { type Intent, intentEvent } from '../../../webview/chat/elements/intent.js';
import { eventLanes } from '../../../webview/chat/player/eventLanes.js';
import '../../../webview/chat/player/timelineTracks.js';
import type { EventGoal, TimelineTracks } from '../../../webview/chat/player/timelineTracks.js';
import { announcement } from '../../../webview/chat/state/announcement.js';
import { emptyPage } from '../../../webview/chat/state/pageState.js';
import { reduce } from '../../../webview/chat/state/reduce.js';
import { panel } from './examples.js';

// The editor's elements ask for it, and happy-dom has none.
beforeAll(() => {
  HTMLElement.prototype.attachInternals ??= () => ({ setFormValue: () => undefined, form: null }) as unknown as ElementInternals;
});

const event = (label: string, startSeconds: number, endSeconds: number, more: Partial<PanelTimelineEvent> = {}): PanelTimelineEvent => ({
  ...{ id: `${label}-${startSeconds}`, label, startSeconds, endSeconds, confidence: 0.8, source: 'nanodet' },
  ...more,
});
const ready: PanelTimeline = {
  state: 'ready',
  tracks: [
    { track: 'shots', state: 'complete', events: [event('shot', 0, 2, { confidence: 1, source: 'frames' }), event('shot', 2, 4)], omitted: 0 },
    { track: 'objects', state: 'complete', events: [event('person', 0, 4, { count: 2, bestSeconds: 3 }), event('dog', 1, 3)], omitted: 7 },
    { track: 'speech', state: 'unavailable', note: 'The clip has no sound.', events: [], omitted: 0 },
  ],
};

describe('the tracks below the seek bar', () => {
  let tracks: TimelineTracks;
  let goals: EventGoal[];
  let intents: Intent[];
  beforeEach(() => {
    tracks = document.createElement('videochat-timeline-tracks');
    goals = [];
    intents = [];
    tracks.addEventListener('goal', (goal) => goals.push((goal as CustomEvent<EventGoal>).detail));
    tracks.addEventListener(intentEvent, ({ detail }) => intents.push(detail));
  });
  afterEach(() => tracks.remove());

  const show = async (timeline: PanelTimeline | undefined): Promise<void> => {
    Object.assign(tracks, { clipId: 'v1', duration: 4, timeline });
    document.body.append(tracks);
    await tracks.updateComplete;
  };
  const bar = (label: string): HTMLButtonElement => {
    const found = tracks.querySelector<HTMLButtonElement>(`.event[data-event^="${label}"]`);
    if (!found) throw new Error(`There is no ${label}.`);
    return found;
  };
  const text = (): string => (tracks.textContent ?? '').replace(/\s+/g, ' ');

  it('are a quiet button at first', async () => {
    await show(undefined);
    expect(tracks.querySelectorAll('button')).toHaveLength(1);
    tracks.querySelector<HTMLButtonElement>('button')?.click();
    expect(intents).toEqual([{ type: 'lookThrough', clipId: 'v1' }]);
  });

  it('say what is being done, and can be stopped', async () => {
    await show({ state: 'creating', step: { what: 'frames', done: 12, total: 60 }, tracks: [] });
    expect(text()).toContain('Looking at frames, 12 of 60');
    tracks.querySelector<HTMLButtonElement>('[aria-label="Stop looking"]')?.click();
    await show({ state: 'creating', step: { what: 'shots', done: 1, total: 0 }, tracks: [] });
    expect(text()).toContain('Looking for shots, 0%');
    await show({ state: 'stopped', tracks: [] });
    tracks.querySelector<HTMLButtonElement>('.look-through')?.click();
    expect(intents).toEqual([{ type: 'stopLooking', clipId: 'v1' }, { type: 'lookThrough', clipId: 'v1' }]);
  });

  it('say what failed; trying again is looking again', async () => {
    await show({ state: 'failed', problem: { message: 'The server ended.', actions: ['retry', 'showLog'] }, tracks: [] });
    expect(text()).toContain('The server ended.');
    tracks.querySelector<HTMLElement>('[data-action="retry"]')?.click();
    tracks.querySelector<HTMLElement>('[data-action="showLog"]')?.click();
    expect(intents).toEqual([{ type: 'lookThrough', clipId: 'v1' }, { type: 'action', action: 'showLog' }]);
  });

  it('show events in the scale of the clip, below each other where they overlap', async () => {
    await show(ready);
    expect(text()).toContain('11 events');
    const place = (label: string): string[] => ['--from', '--to', '--lane'].map((name) => bar(label).style.getPropertyValue(name));
    expect(place('person')).toEqual(['0%', '100%', '0']);
    expect(place('dog')).toEqual(['25%', '75%', '1']);
    expect(bar('person').title.split('\n')).toEqual(['person', '0:00.0 to 0:04.0', '2 at once', '80% sure', 'Found by nanodet']);
    expect(text()).toContain('+7');
    expect(text()).toContain('The clip has no sound.');
    tracks.querySelector<HTMLButtonElement>('[aria-label="Export the timeline"]')?.click();
    expect(intents).toEqual([{ type: 'exportTimeline', clipId: 'v1' }]);
  });

  it('lead to the best moment of an event, or play it', async () => {
    await show(ready);
    bar('person').click();
    bar('dog').click();
    bar('dog').dispatchEvent(new MouseEvent('dblclick'));
    bar('dog').dispatchEvent(new MouseEvent('click', { shiftKey: true }));
    expect(goals).toEqual([{ startSeconds: 3 }, { startSeconds: 1 }, { startSeconds: 1, endSeconds: 3 }, { startSeconds: 1, endSeconds: 3 }]);
  });

  it('have one tab stop each, and arrows along a track', async () => {
    await show(ready);
    const stops = (): string[] => [...tracks.querySelectorAll<HTMLElement>('.event')].filter((one) => one.tabIndex === 0).map((one) => one.dataset['event'] ?? '');
    expect(stops()).toEqual(['shot-0', 'person-0']);
    const press = (key: string): boolean => (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    bar('person').focus();
    expect(press('ArrowRight')).toBe(false);
    await tracks.updateComplete;
    expect(document.activeElement).toBe(bar('dog'));
    expect(stops()).toEqual(['shot-0', 'dog-1']);
    press('ArrowRight');
    expect(document.activeElement).toBe(bar('dog'));
    press('Home');
    expect(document.activeElement).toBe(bar('person'));
    // Not the tracks' own: the player's.
    expect(press('ArrowDown')).toBe(true);
  });

  it('can be put away', async () => {
    await show(ready);
    const toggle = tracks.querySelector<HTMLButtonElement>('[aria-expanded]');
    toggle?.click();
    await tracks.updateComplete;
    expect(tracks.querySelector('.timeline-rows')).toBeNull();
    expect(toggle?.getAttribute('aria-expanded')).toBe('false');
  });

  it('draw no markup of a label, and stay within the clip', async () => {
    const evil = event('<img src=x onerror=alert(1)>', -5, 1e9, { id: '"><script>' });
    await show({ state: 'ready', tracks: [{ track: 'text', events: [evil], omitted: 0 }] });
    const [only] = tracks.querySelectorAll<HTMLElement>('.event');
    expect(tracks.querySelector('img, script')).toBeNull();
    expect([only?.style.getPropertyValue('--from'), only?.style.getPropertyValue('--to')]).toEqual(['0%', '100%']);
  });
});

describe('lanes', () => {
  it('are used again when they are free, and at most four', () => {
    const overlapping = Array.from({ length: 6 }, (_, i) => event(`e${i}`, 0, 10));
    const { placed, lanes, left } = eventLanes([event('later', 10, 11), ...overlapping]);
    expect([lanes, left]).toEqual([4, 2]);
    expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 2, 3, 0]);
  });

  it('hold at most as many bars as a page bears', () => {
    const { placed, left } = eventLanes(Array.from({ length: 5000 }, (_, i) => event('e', i, i + 1)));
    expect([placed.length, left]).toEqual([300, 4700]);
  });
});

describe('what the page knows of timelines', () => {
  const page = { ...emptyPage, panel: panel({ timelines: [{ clipId: 'v1', timeline: { state: 'creating', tracks: [] } }] }) };

  it('is replaced by what arrives, and goes', () => {
    const now = reduce(page, { type: 'timeline', clipId: 'v1', timeline: ready });
    expect(now.panel?.timelines).toEqual([{ clipId: 'v1', timeline: ready }]);
    expect(reduce(now, { type: 'timeline', clipId: 'v1' }).panel?.timelines).toEqual([]);
    expect(reduce(now, { type: 'timeline', clipId: 'v2', timeline: ready }).panel?.timelines).toHaveLength(2);
  });

  it('is announced at its end', () => {
    const told = (timeline: PanelTimeline): string | undefined => announcement(reduce(page, { type: 'timeline', clipId: 'v1', timeline }), page);
    expect(told(ready)).toBe('The clip has been looked through: 11 events');
    expect(told({ ...ready, state: 'stopped' })).toBe('Stopped before its end.');
    expect(told({ state: 'failed', problem: { message: 'No.' }, tracks: [] })).toBe('No.');
    expect(told({ state: 'creating', tracks: [] })).toBeUndefined();
  });
});
