import type { AnnotatedMedia } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, jsonObject } from '../json/json.js';
import { type FrameClock, framesBetween, frameRateOf, isUneven, secondsOfFrame } from './frameClock.js';

export interface Frames {
  /** From 0. */
  first: number;
  last: number;
}

/**
 * Times of a range of frames. `kept`: what an element has to remember so that it comes out again also where only the
 * average rate is known; left out where that leads back.
 */
export function timesOfFrames({ first, last }: Frames, clock: FrameClock): { start: number; end: number; kept?: Json } {
  const [start, end] = [secondsOfFrame(first, clock), secondsOfFrame(last + 1, clock)];
  const back = framesBetween(start, end, { fps: clock.fps });
  const leadsBack = (back.first === first && back.last === last) || ![first, last].every(Number.isSafeInteger);
  return { start, end, ...(!leadsBack && { kept: [first, last, start, end] }) };
}

/** What an entry has to remember of a clock: its rate, and whether an edited time needs the clip itself. */
export function clockHint(clock: FrameClock, uneven: boolean = isUneven(clock)): Json {
  return uneven ? jsonObject({ fps: clock.fps, uneven: true }) : clock.fps;
}

/** Frames of times on their way out: as they were in the import, else by the clip itself, else at the average rate. */
export class FrameWriter {
  private found: Promise<FrameClock | undefined> | undefined;

  /**
   * @param hint as {@link clockHint} gave it; undefined: not imported
   * @param clock looks at the clip
   */
  constructor(
    private readonly hint: Json | undefined,
    private readonly media: AnnotatedMedia | undefined,
    private readonly clock: (() => Promise<FrameClock | undefined>) | undefined,
  ) {}

  /** @param kept of {@link timesOfFrames}. @returns undefined where no rate is known */
  async frames(start: number, end: number, kept?: Json): Promise<Frames | undefined> {
    const [first, last, keptStart, keptEnd] = Array.isArray(kept) ? kept.map((each) => jsonNumber(each)) : [];
    if (first !== undefined && last !== undefined && start === keptStart && end === keptEnd) {
      return { first, last };
    }
    const fps = isJsonObject(this.hint) ? jsonNumber(this.hint.get('fps')) : jsonNumber(this.hint);
    const isEven = fps !== undefined && !isJsonObject(this.hint);
    const rate = fps ?? frameRateOf(this.media);
    const clock = (isEven ? undefined : await (this.found ??= this.clock?.())) ?? (rate === undefined ? undefined : { fps: rate });
    return clock && framesBetween(start, end, clock);
  }
}
