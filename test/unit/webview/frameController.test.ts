import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameClock } from '../../../webview/annotate/player/frameClock.js';
import { FrameController, type FrameRange } from '../../../webview/annotate/player/frameController.js';

/**
 * A player that does as it is told, one step at a time; `early` makes seeks end a frame too early, `hasty` tells of
 * the frame before it tells that the seek ended.
 */
class SlowVideo extends EventTarget {
  readonly ownerDocument = { hidden: false };
  readyState = 0;
  paused = true;
  ended = false;
  seeking = false;
  defaultPlaybackRate = 1;
  playbackRate = 1;
  seeks: number[] = [];
  #time = 0;
  #callbacks: VideoFrameRequestCallback[] = [];
  constructor(
    readonly frames: readonly number[],
    public early = false,
    readonly hasty = false,
  ) {
    super();
  }
  get currentTime(): number {
    return this.#time;
  }
  set currentTime(seconds: number) {
    this.#time = seconds;
    this.seeking = true;
    this.seeks.push(seconds);
  }
  requestVideoFrameCallback(callback: VideoFrameRequestCallback): number {
    return this.#callbacks.push(callback);
  }
  async play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event('play'));
  }
  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
  /** The frame that is on the screen now. */
  show(mediaTime: number): void {
    this.#time = mediaTime;
    for (const callback of this.#callbacks.splice(0)) {
      callback(0, { mediaTime } as VideoFrameCallbackMetadata);
    }
  }
  finishSeek(): void {
    const target = this.#time;
    const found = this.frames.findLastIndex((time) => time <= target + 1e-9);
    const inside = target - (this.frames[found] ?? 0);
    const shown = this.frames[this.early && inside < 0.01 ? Math.max(0, found - 1) : found] ?? 0;
    if (this.hasty) {
      this.show(shown);
    }
    this.seeking = false;
    this.dispatchEvent(new Event('seeked'));
    if (!this.seeking && !this.hasty) {
      this.show(shown);
    }
  }
  load(): void {
    this.readyState = 2;
    this.dispatchEvent(new Event('loadeddata'));
  }
}

const times = Array.from({ length: 50 }, (_, frame) => frame / 25);
/** The player's clock begins a little late, as where sound comes first. */
const offset = 0.08;

describe('driving a player by frames', () => {
  let video: SlowVideo;
  let controller: FrameController;
  let loopRange: FrameRange | undefined;
  const clock = new FrameClock(Float64Array.from(times), 2, 25);
  const begin = (early = false, hasty = false): void => {
    video = new SlowVideo(times.map((time) => time + offset), early, hasty);
    controller = new FrameController({ clock: () => clock, changed: () => undefined, loopRange: () => loopRange });
    controller.attach(video as unknown as HTMLVideoElement);
    video.load();
  };
  const ready = (): void => {
    video.show(offset);
    video.finishSeek();
  };
  beforeEach(() => {
    loopRange = undefined;
    begin();
  });

  it('waits for the first frame, to know which time is frame 0, and goes then where it should', () => {
    controller.seekFrame(10);
    expect(video.seeks).toEqual([]);
    video.show(offset);
    expect(video.seeks).toEqual([0.4 + offset + 0.001]);
    expect([controller.frame, controller.seconds]).toEqual([10, 0.4]);
  });

  it('believes in zero where no frame is told of', () => {
    vi.useFakeTimers();
    try {
      begin();
      controller.seekFrame(1);
      vi.advanceTimersByTime(2000);
      expect(video.seeks).toEqual([0.041]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('makes one seek of many fast steps, and never has more than one under way', () => {
    ready();
    video.seeks = [];
    for (let i = 0; i < 30; i++) {
      controller.step(1);
    }
    expect([controller.frame, video.seeks.length]).toEqual([30, 1]);
    video.finishSeek();
    video.finishSeek();
    expect(video.seeks).toHaveLength(2);
    expect(video.currentTime).toBeCloseTo(1.2 + offset, 9);
    controller.step(-100);
    expect(controller.frame).toBe(0);
    controller.step(1000);
    expect(controller.frame).toBe(49);
  });

  it.each([['after', false], ['before', true]])('goes deeper into the frame where the player was one early, and told so %s the seek had ended', (_when, hasty) => {
    begin(true, hasty);
    ready();
    controller.seekFrame(7);
    video.finishSeek();
    expect(video.seeking).toBe(true);
    video.finishSeek();
    expect(video.currentTime).toBeCloseTo(7 / 25 + offset, 9);
    expect([controller.frame, video.seeking]).toEqual([7, false]);
  });

  it('stays where it was paused', () => {
    ready();
    controller.seekFrame(5);
    video.finishSeek();
    controller.play();
    video.show(20 / 25 + offset);
    controller.pause();
    video.seeks = [];
    video.show(20 / 25 + offset);
    expect([controller.frame, video.seeks]).toEqual([20, []]);
  });

  it('does not seek for ever where a player always shows another frame', () => {
    ready();
    video.seeks = [];
    controller.seekFrame(5);
    for (let i = 0; i < 10; i++) {
      video.seeking = false;
      video.dispatchEvent(new Event('seeked'));
      video.show(2 / 25 + offset);
    }
    expect(video.seeks.length).toBeLessThan(6);
  });

  it('plays a part to its last frame and not one more', () => {
    ready();
    controller.play({ start: 0.4, end: 0.8 });
    video.finishSeek();
    expect(video.paused).toBe(false);
    for (let frame = 11; frame < 19; frame++) {
      video.show(frame / 25 + offset);
    }
    expect(video.paused).toBe(false);
    video.show(19 / 25 + offset);
    expect([video.paused, controller.frame]).toEqual([true, 19]);
  });

  it('repeats the selected part while it is told to', () => {
    ready();
    loopRange = { start: 0.4, end: 0.8 };
    controller.setLoop(true);
    controller.play();
    video.show(19 / 25 + offset);
    expect([video.paused, controller.frame]).toEqual([false, 10]);
    expect(video.currentTime).toBeCloseTo(0.4 + offset + 0.001, 9);
  });

  it('shuttles: gears forward, through a stop, and back', () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    ready();
    controller.seekFrame(25);
    const gears = [1, 1, 1, 1, -1, -1, -1, -1].map((by) => {
      controller.shift(by as 1 | -1);
      return [controller.shuttle, video.paused ? 0 : video.playbackRate];
    });
    expect(gears).toEqual([[1, 1], [2, 2], [4, 4], [4, 4], [2, 2], [1, 1], [0, 0], [-1, 0]]);
    expect(controller.playing).toBe(true);
    controller.pause();
    expect([controller.playing, controller.shuttle]).toEqual([false, 0]);
    vi.unstubAllGlobals();
  });

  it('keeps its speed within bounds, and for the next medium', () => {
    controller.setSpeed(99);
    expect([controller.speed, video.playbackRate, video.defaultPlaybackRate]).toEqual([4, 4, 4]);
    for (let i = 0; i < 20; i++) {
      controller.speedUp(-1);
    }
    expect(controller.speed).toBe(0.1);
  });

  it('is a place in the clip without any player', () => {
    controller.attach(undefined);
    controller.seekSeconds(1);
    controller.step(1);
    expect([controller.frame, controller.seconds, controller.playing]).toEqual([26, 1.04, false]);
  });
});
