import { describe, expect, it } from 'vitest';
import type { HostMessage } from '../../../server/protocol/panel.js';
import { Store } from '../../../webview/chat/state/store.js';
import { panel, turn } from './examples.js';

function bench(): { store: Store; frame: () => void; changes: () => number; asked: () => number } {
  const frames: (() => void)[] = [];
  let asked = 0;
  let changes = 0;
  const store = new Store({ schedule: (run) => frames.push(run), askAgain: () => asked++ });
  store.onDidChange(() => changes++);
  return { store, frame: () => frames.splice(0).forEach((run) => run()), changes: () => changes, asked: () => asked };
}

const delta = (sequence: number, text: string, turnId = 't1'): HostMessage => ({ type: 'delta', turnId, sequence, text });
const open = (...turns: Parameters<typeof turn>[0][]): HostMessage => ({ type: 'state', state: panel({ turns: turns.map(turn), busy: true }) });

describe('the store', () => {
  // Numbers that look random and are the same in every run.
  function* chunks(seed: number): Generator<number> {
    for (let value = seed; ; value = (value * 1103515245 + 12345) % 2147483648) {
      yield 1 + (value % 97);
    }
  }

  it.each([1, 2, 3, 4, 5])('loses and reorders nothing of 10,000 deltas between any frames (%d)', (seed) => {
    const { store, frame, changes, asked } = bench();
    store.receive(open({}, { turnId: 't2' }));
    const texts = Array.from({ length: 10_000 }, (_, index) => `${index} `);
    const size = chunks(seed);
    let next = 0;
    let framesDrawn = 0;
    while (next < texts.length) {
      for (const end = next + (size.next().value as number); next < Math.min(end, texts.length); next++) {
        store.receive(delta(next, texts[next] ?? ''));
        // Other messages come in between, and apply what waits.
        if (next % 501 === 500) {
          store.receive({ type: 'stage', turnId: 't1', stage: 'generating' });
        }
      }
      frame();
      framesDrawn++;
    }
    expect(store.state.panel?.turns[0]?.answer).toBe(texts.join(''));
    expect(store.state.panel?.turns[1]?.answer).toBe('');
    expect(asked()).toBe(0);
    // One change per frame, not one per delta.
    expect(changes()).toBeLessThanOrEqual(1 + framesDrawn + 2 * 20);
  });

  it('forgets how far a copy was that came while nobody listened', () => {
    const { store } = bench();
    const media = { mediaId: 'm', mode: 'remux', reason: '', url: 'http://127.0.0.1:1/t/m', mimeType: 'video/mp4', bytes: 1 } as const;
    store.receive(open({}));
    store.receive({ type: 'mediaProgress', clipId: 'v1', fraction: 0.4 });
    store.receive(open({}));
    expect(store.state.mediaProgress.get('v1')).toBe(0.4);
    store.receive({ type: 'state', state: panel({ clips: [{ clipId: 'v1', name: 'a.mp4', media }] }) });
    expect(store.state.mediaProgress.has('v1')).toBe(false);
  });

  it('applies deltas in the next frame, and before whatever comes after them', () => {
    const { store, frame } = bench();
    store.receive(open({}));
    store.receive(delta(0, 'a'));
    expect(store.state.panel?.turns[0]?.answer).toBe('');
    frame();
    expect(store.state.panel?.turns[0]).toMatchObject({ answer: 'a', state: 'streaming' });
    store.receive(delta(1, 'b'));
    store.receive({ type: 'plan', turnId: 't1', plan: { spec: 'x', span: { startSeconds: 0, endSeconds: 1 }, indices: [], seconds: [], reason: '' } });
    expect(store.state.panel?.turns[0]).toMatchObject({ answer: 'ab', plan: { spec: 'x' } });
  });

  it('asks once for the state when a delta is missing, and shows nothing out of order', () => {
    const { store, frame, asked } = bench();
    store.receive(open({}));
    [delta(0, 'a'), delta(2, 'c'), delta(3, 'd')].forEach((message) => store.receive(message));
    frame();
    store.receive(delta(4, 'e'));
    frame();
    expect(store.state.panel?.turns[0]?.answer).toBe('a');
    expect(asked()).toBe(1);
    store.receive(open({ answer: 'abcde', state: 'streaming', nextSequence: 5 }));
    [delta(4, 'e'), delta(5, 'f')].forEach((message) => store.receive(message));
    frame();
    expect(store.state.panel?.turns[0]?.answer).toBe('abcdef');
  });

  it('asks for the state when text comes for a turn it never heard of', () => {
    const { store, frame, asked } = bench();
    store.receive(open({}));
    store.receive(delta(0, 'a', 'unknown'));
    frame();
    expect(asked()).toBe(1);
  });

  it('begins again when a turn is answered again', () => {
    const { store, frame } = bench();
    store.receive(open({}));
    store.receive(delta(0, 'old'));
    store.receive({ type: 'turn', turn: turn({ answer: 'old', state: 'stopped' }), busy: false });
    store.receive({ type: 'turn', turn: turn(), busy: true });
    store.receive(delta(0, 'new'));
    frame();
    expect(store.state.panel?.turns[0]?.answer).toBe('new');
  });

  it('replaces turns and clips in their place and appends new ones', () => {
    const { store } = bench();
    store.receive(open({}, { turnId: 't2' }));
    store.receive({ type: 'turn', turn: turn({ state: 'failed' }), busy: false });
    store.receive({ type: 'turn', turn: turn({ turnId: 't3' }), busy: true });
    expect(store.state.panel?.turns.map(({ turnId, state }) => [turnId, state])).toEqual([['t1', 'failed'], ['t2', 'waiting'], ['t3', 'waiting']]);
    store.receive({ type: 'mediaProgress', clipId: 'v1', fraction: 7 });
    expect(store.state.mediaProgress.get('v1')).toBe(1);
    store.receive({ type: 'clip', clip: { clipId: 'v1', name: 'a.mp4', problem: { message: 'Gone.' } } });
    expect(store.state.mediaProgress.has('v1')).toBe(false);
    expect(store.state.panel?.clips).toMatchObject([{ problem: { message: 'Gone.' } }]);
  });

  it('keeps the identity of turns that did not change', () => {
    const { store, frame } = bench();
    store.receive(open({}, { turnId: 't2' }));
    const before = store.state.panel?.turns[0];
    store.receive(delta(0, 'x', 't2'));
    frame();
    expect(store.state.panel?.turns[0]).toBe(before);
  });

  it('ignores what comes before the first state', () => {
    const { store, frame, asked } = bench();
    [delta(3, 'x'), { type: 'turn', turn: turn(), busy: true } as const].forEach((message) => store.receive(message));
    frame();
    expect(store.state.panel).toBeUndefined();
    expect(asked()).toBe(0);
  });
});
