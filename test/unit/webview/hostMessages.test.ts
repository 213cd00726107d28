// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import type { HostMessage, PanelTimelineTrack } from '../../../server/protocol/panel.js';
import { Host } from '../../../webview/chat/host/host.js';
import { isHostMessage } from '../../../webview/chat/host/isHostMessage.js';
import { panel, turn } from './examples.js';

const plan = { spec: 'videochat:8', span: { startSeconds: 0, endSeconds: 4 }, indices: [1], seconds: [0.5], reason: 'because' };

const timelineTrack: PanelTimelineTrack = {
  track: 'objects',
  state: 'complete',
  events: [{ id: 'e1', label: 'dog', count: 2, confidence: 0.5, source: 'nanodet', startSeconds: 1, endSeconds: 2, bestSeconds: 1.5 }],
  omitted: 3,
};

describe('a message that arrives', () => {
  it.each<HostMessage>([
    { type: 'state', state: panel({ turns: [turn({ plan, rating: { value: 'up' } })] }) },
    { type: 'server', server: { state: 'restarting', attempt: 1, delayMs: 500 } },
    { type: 'server', server: { state: 'failed', problem: { message: 'No.', actions: ['restartServer', 'useCpuOnly'] } } },
    { type: 'clip', clip: { clipId: 'v1', name: 'a.mp4', media: { mediaId: 'm', mode: 'remux', reason: '', url: 'http://127.0.0.1:1/t/m', mimeType: 'video/mp4', bytes: 1 } } },
    { type: 'mediaProgress', clipId: 'v1', fraction: 0.5 },
    { type: 'timeline', clipId: 'v1' },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'creating', step: { what: 'frames', done: 1, total: 8 }, tracks: [] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'failed', problem: { message: 'No.' }, tracks: [timelineTrack] } },
    { type: 'stage', turnId: 't1', stage: 'decoding', done: 1, total: 8 },
    { type: 'plan', turnId: 't1', plan },
    { type: 'delta', turnId: 't1', sequence: 0, text: '' },
    { type: 'turn', turn: turn(), busy: true },
    { type: 'focus', target: 'input' },
    { type: 'seek', clipId: 'v1', segment: { startSeconds: 1, endSeconds: 1 }, play: false },
    { type: 'seek', clipId: 'v1', segment: { startSeconds: 1, endSeconds: 3 }, play: false, mark: true },
    { type: 'reply', id: 1 },
  ])('is taken: $type', (message) => {
    expect(isHostMessage(JSON.parse(JSON.stringify(message)))).toBe(true);
  });

  it.each([
    null,
    'state',
    {},
    { type: 'constructor' },
    { type: 'unknown' },
    { type: 'delta', turnId: 't1', sequence: -1, text: 'x' },
    { type: 'delta', turnId: 't1', sequence: 0.5, text: 'x' },
    { type: 'delta', turnId: 't1', sequence: 0 },
    { type: 'mediaProgress', clipId: 'v1', fraction: null },
    { type: 'server', server: { state: 'restarting' } },
    { type: 'turn', turn: { ...turn(), state: 'dancing' }, busy: true },
    { type: 'state', state: { ...panel(), turns: 'none' } },
    { type: 'state', state: { ...panel(), timelines: [{ clipId: 'v1' }] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'dancing', tracks: [] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'ready', tracks: [{ ...timelineTrack, track: '__proto__' }] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'ready', tracks: [{ ...timelineTrack, omitted: -1 }] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'ready', tracks: [{ ...timelineTrack, events: [{ ...timelineTrack.events[0], startSeconds: null }] }] } },
    { type: 'timeline', clipId: 'v1', timeline: { state: 'creating', step: { what: 'frames', done: 'all', total: 8 }, tracks: [] } },
    { type: 'clip', clip: { clipId: 'v', name: 'a', media: { mediaId: 'm', mode: 'file', reason: '', url: 'javascript:alert(1)' } } },
    { type: 'server', server: { state: 'failed', problem: { message: 'x', actions: ['formatDisk'] } } },
  ])('is refused: %j', (message) => {
    expect(isHostMessage(message)).toBe(false);
  });
});

describe('the line to the host', () => {
  function line(): { host: Host; posted: unknown[]; heard: HostMessage[]; arrive(message: unknown): void } {
    const posted: unknown[] = [];
    const heard: HostMessage[] = [];
    let state: unknown = { conversationId: 5 };
    const api = { postMessage: (message: unknown) => void posted.push(message), getState: () => state, setState: (next: unknown) => void (state = next) };
    const host = new Host(api, window, (message) => heard.push(message));
    return { host, posted, heard, arrive: (data) => void window.dispatchEvent(new MessageEvent('message', { data })) };
  }

  it('numbers requests and hands each its own reply', async () => {
    const { host, posted, heard, arrive } = line();
    const first = host.request({ type: 'stop' });
    const second = host.request({ type: 'send', text: 'Hi' });
    expect(posted).toEqual([{ type: 'stop', id: 1 }, { type: 'send', text: 'Hi', id: 2 }]);
    arrive({ type: 'reply', id: 2, problem: { message: 'Busy.' } });
    arrive({ type: 'reply', id: 1 });
    arrive({ type: 'reply', id: 1 });
    arrive({ nonsense: true });
    expect(await Promise.all([first, second])).toEqual([undefined, { message: 'Busy.' }]);
    expect(heard).toEqual([]);
    host.dispose();
  });

  it('leaves no request open when the page goes', async () => {
    const { host } = line();
    const request = host.request({ type: 'stop' });
    host.dispose();
    expect(await request).toBeUndefined();
  });

  it('reads back what it saved, and nothing that it cannot read', () => {
    const { host } = line();
    expect(host.saved).toBeUndefined();
    host.save({ conversationId: 'c1', draft: 'half', anchor: { turnId: 't1', offset: 3 } });
    expect(host.saved).toEqual({ conversationId: 'c1', draft: 'half', anchor: { turnId: 't1', offset: 3 } });
    host.dispose();
  });
});
