import type { DualEncoderManifest } from '../models/dualEncoderManifest.js';
import type { RgbFrame } from '../video/decodeStretches.js';

/** What the process of the dual encoder is asked; it is opened first. */
export interface RetrievalRequests {
  /** `files`: absolute paths of the graphs and the tokeniser. `threads`: 0 = the runtime chooses. */
  open: { params: { manifest: DualEncoderManifest; files: { picture: string; text: string; tokenizer: string }; threads: number }; result: true };
  /** Both give an embedding of length 1. */
  embedPicture: { params: { frame: RgbFrame }; result: Float32Array };
  embedText: { params: { text: string }; result: Float32Array };
}
