import type { CancellationToken } from '../../common/cancellation.js';
import type { HeardWords } from '../perception.js';

/** Who hears words in sound. */
export interface Recogniser {
  /** Source of the events. */
  id: string;
  /** What its words depend on: of the model, its settings. */
  hash: string;
  /** Many of its words are wrong. */
  weak: boolean;
  /**
   * @param samples 16 kHz, mono, -1…1; at most half a minute
   * @throws PerceptionUnavailable, RequestCancelled
   */
  hear(samples: Float32Array, token: CancellationToken): Promise<HeardWords>;
}
