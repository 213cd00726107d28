import type { SamplingOptions, Segment } from '../protocol/index.js';

/** Says what happens in a part of a clip. */
export interface Captioner {
  /** What decides what it says: the model, its question, its settings. Captions are kept by it; undefined: they are made quickly and not kept. */
  readonly key: string | undefined;
  /** Windows that it can be asked about at once; left out: one. */
  readonly width?: number;
  /** What a caption rests on besides the pictures; a caption of another basis is another one. Up to 64 characters. */
  basis(window: Segment): string;
  /** Whether anything is known of a window that could be said. */
  knows(window: Segment): boolean;
  /**
   * @param sampling other than the model's own, for other words
   * @returns on one line; empty where there is nothing to be said
   * @throws what asking the model throws
   */
  caption(window: Segment, sampling?: SamplingOptions): Promise<string>;
  dispose(): Promise<void>;
}
