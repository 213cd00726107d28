import type { RgbFrame } from './perception.js';

/** Somebody who sees the frames of a clip while they are decoded for being looked at. */
export interface FrameOnlooker {
  /** Runs for which this differs are not one. */
  readonly key: string;
  /** Whether this frame is to be decoded for them, even if nobody else needs it any more. */
  wants(frame: number): boolean;
  /** What fails is theirs to remember. @throws RequestCancelled and whatever would fail with every frame */
  see(frame: number, seconds: number, picture: RgbFrame): Promise<void>;
  /** Some frames have been seen. */
  pause(): Promise<void>;
}
