import { describe, expect, it } from 'vitest';
import { frameAt, stepped } from '../../../webview/chat/player/frames.js';
import { frameUrl } from '../../../webview/chat/player/frameUrl.js';
import { PlaybackWatch, type PlaybackFailure, type WatchedVideo } from '../../../webview/chat/player/playbackWatch.js';
import { playerCommand } from '../../../webview/chat/player/playerKeys.js';
import { seekTarget } from '../../../webview/chat/player/seekKeys.js';
import { markIn, markOut, spanBetween } from '../../../webview/chat/player/spans.js';
import { droppedUris } from '../../../webview/chat/text/droppedUris.js';
import { formatTime, frameTime, shortSeconds, shortTime } from '../../../webview/chat/text/formatTime.js';
import { StickToEnd } from '../../../webview/chat/transcript/stickToEnd.js';

describe('parts of a clip', () => {
  it('lie between two moments in either order, inside the clip', () => {
    expect(spanBetween(5, 2, 10)).toEqual({ startSeconds: 2, endSeconds: 5 });
    expect(spanBetween(-3, 20, 10)).toEqual({ startSeconds: 0, endSeconds: 10 });
    expect(spanBetween(2, 2.05, 10)).toBeUndefined();
  });

  it('are marked from one end after the other', () => {
    const opened = markIn(undefined, 3, 10);
    expect(opened).toEqual({ startSeconds: 3, endSeconds: 10 });
    expect(markOut(opened, 7, 10)).toEqual({ startSeconds: 3, endSeconds: 7 });
    expect(markOut(opened, 2, 10)).toEqual({ startSeconds: 0, endSeconds: 2 });
    expect(markIn({ startSeconds: 3, endSeconds: 7 }, 8, 10)).toEqual({ startSeconds: 8, endSeconds: 10 });
    // Marking the very end leaves what was there.
    expect(markIn(opened, 10, 10)).toEqual(opened);
  });
});

describe('frame steps', () => {
  it('go to the middle of the neighbours and stop at both ends', () => {
    expect(frameAt(0.08, 25)).toBe(2);
    expect(frameAt(0.0799999, 25)).toBe(2);
    expect(stepped(0.08, 1, 25, 4)).toBeCloseTo(3.5 / 25);
    expect(stepped(0.1, -1, 25, 4)).toBeCloseTo(1.5 / 25);
    expect(stepped(0, -1, 25, 4)).toBeCloseTo(0.5 / 25);
    expect(stepped(4, 1, 25, 4)).toBeCloseTo(99.5 / 25);
    let seconds = 0;
    for (let frame = 1; frame < 300; frame++) {
      seconds = stepped(seconds, 1, 30000 / 1001, 10.01);
      expect(frameAt(seconds, 30000 / 1001)).toBe(frame);
    }
  });
});

describe('keys', () => {
  const key = (name: string, more = {}): Parameters<typeof playerCommand>[0] => ({ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...more });
  it('mean the same everywhere but where they would scroll or type', () => {
    expect(playerCommand(key('['), false)).toEqual({ type: 'markIn' });
    expect(playerCommand(key('.'), false)).toEqual({ type: 'step', frames: 1 });
    expect(playerCommand(key(' '), false)).toBeUndefined();
    expect(playerCommand(key(' '), true)).toEqual({ type: 'togglePlay' });
    expect(playerCommand(key('ArrowLeft', { shiftKey: true }), true)).toEqual({ type: 'skip', seconds: -5 });
    expect(playerCommand(key('[', { ctrlKey: true }), true)).toBeUndefined();
  });

  it('move the seek bar within the clip', () => {
    const targets = ['ArrowRight', 'ArrowLeft', 'PageUp', 'PageDown', 'Home', 'End', 'x'].map((name) => seekTarget(name, false, 5, 20));
    expect(targets).toEqual([6, 4, 7, 3, 0, 20, undefined]);
    expect(seekTarget('ArrowRight', true, 18, 20)).toBe(20);
  });
});

describe('the watch over playback', () => {
  const video: WatchedVideo = { videoWidth: 640, currentTime: 0, muted: false, volume: 1, webkitAudioDecodedByteCount: 0 };
  function watch(): { failures: PlaybackFailure[]; watch: PlaybackWatch; timers: Set<() => void> } {
    const failures: PlaybackFailure[] = [];
    const timers = new Set<() => void>();
    const later = (run: () => void): (() => void) => {
      timers.add(run);
      return () => timers.delete(run);
    };
    return { failures, timers, watch: new PlaybackWatch({ expectPicture: true, expectSound: true, slowAfterMs: 5000, report: (failure) => failures.push(failure), later }) };
  }
  const play = (it: PlaybackWatch, seconds: number, more: Partial<WatchedVideo> = {}): void => {
    for (let currentTime = 0; currentTime <= seconds; currentTime += 0.25) {
      it.advanced({ ...video, ...more, currentTime });
    }
  };

  it('notices errors, and says only the first thing', () => {
    const { watch: it, failures } = watch();
    it.failed();
    it.failed();
    it.metadataLoaded({ ...video, videoWidth: 0 });
    expect(failures).toEqual(['error']);
  });

  it('notices a picture that is missing without an error', () => {
    const { watch: it, failures } = watch();
    it.metadataLoaded({ ...video, videoWidth: 0 });
    expect(failures).toEqual(['noPicture']);
  });

  it('notices sound that is not decoded, but not a muted player or a jump', () => {
    const quiet = watch();
    play(quiet.watch, 5, { muted: true });
    play(quiet.watch, 5, { webkitAudioDecodedByteCount: 1000 });
    play(quiet.watch, 5, { webkitAudioDecodedByteCount: undefined });
    expect(quiet.failures).toEqual([]);
    const jump = watch();
    jump.watch.advanced({ ...video, currentTime: 0 });
    jump.watch.advanced({ ...video, currentTime: 60 });
    expect(jump.failures).toEqual([]);
    const silent = watch();
    play(silent.watch, 3);
    expect(silent.failures).toEqual(['silent']);
  });

  it('notices data that does not come, but not data that came', () => {
    const { watch: it, failures, timers } = watch();
    it.waiting();
    it.waiting();
    expect(timers.size).toBe(1);
    it.flowing();
    expect(timers.size).toBe(0);
    it.waiting();
    timers.forEach((run) => run());
    expect(failures).toEqual(['slow']);
    it.waiting();
    expect(timers.size).toBe(0);
  });
});

describe('texts of numbers', () => {
  it('show times as players do', () => {
    expect([frameTime(0.45), frameTime(59.96)]).toEqual(['0:00.5', '1:00.0']);
    expect([formatTime(5.24), formatTime(65, 0), formatTime(3723.999), formatTime(0.3), formatTime(-1)]).toEqual(['0:05.2', '1:05', '1:02:03.9', '0:00.3', '0:00.0']);
    expect([shortTime(5), shortTime(5.25), shortTime(59.99)]).toEqual(['0:05', '0:05.2', '1:00']);
    expect([shortSeconds(1234), shortSeconds(0), shortSeconds(12_400)]).toEqual(['1.2', '0.0', '12']);
  });

  it('address frames by their time', () => {
    expect(frameUrl({ url: 'http://127.0.0.1:1/t/m' }, 1 / 3, 96)).toBe('http://127.0.0.1:1/t/m/frame?seconds=0.333&height=96');
  });
});

describe('a drop', () => {
  const dropped = (types: Record<string, string>): string[] => droppedUris({ getData: (type) => types[type] ?? '' });
  it('is read from what the editor or the system says', () => {
    expect(dropped({ 'text/uri-list': '# comment\r\nfile:///a.mp4\r\nfile:///b.mp4\r\nfile:///a.mp4' })).toEqual(['file:///a.mp4', 'file:///b.mp4']);
    expect(dropped({ 'application/vnd.code.uri-list': 'vscode-remote://x/a.mp4', 'text/uri-list': 'file:///x' })).toEqual(['vscode-remote://x/a.mp4']);
    expect(dropped({ 'text/plain': 'file:///a.mp4', 'text/uri-list': 'not a uri' })).toEqual([]);
  });
});

describe('staying at the end', () => {
  it('lasts while text comes, and ends when a person goes up', () => {
    const stick = new StickToEnd();
    const view = { scrollTop: 900, scrollHeight: 1000, clientHeight: 100 };
    stick.scrolled(view);
    Object.assign(view, { scrollHeight: 1400 });
    stick.grown(view);
    expect(view.scrollTop).toBe(1400);
    Object.assign(view, { scrollTop: 1300 });
    stick.scrolled(view);
    expect(stick.sticks).toBe(true);
    Object.assign(view, { scrollTop: 1000 });
    stick.scrolled(view);
    Object.assign(view, { scrollHeight: 2000 });
    stick.grown(view);
    expect([stick.sticks, view.scrollTop]).toEqual([false, 1000]);
    Object.assign(view, { scrollTop: 1890 });
    stick.scrolled(view);
    expect(stick.sticks).toBe(true);
  });

  it('survives content that shrinks under it', () => {
    const stick = new StickToEnd();
    const view = { scrollTop: 900, scrollHeight: 1000, clientHeight: 100 };
    stick.scrolled(view);
    Object.assign(view, { scrollTop: 500, scrollHeight: 700 });
    stick.scrolled(view);
    expect(stick.sticks).toBe(true);
  });
});
