import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { RgbFrame } from '../video/decodeStretches.js';
import type { Segment } from '../protocol/index.js';
import type { FrameSights, SightKind } from './observations.js';

export type { RgbFrame } from '../video/decodeStretches.js';

/** What a perception model is for: a detector of sights, the one that hears voices, or the one that hears words. */
export type PerceptionKind = SightKind | 'voice' | 'transcription';

export interface PerceptionModelFacts {
  id: string;
  name: string;
  kinds: PerceptionKind[];
  /** Of its manifest, which names weights by hash and all thresholds: another one may see something else. Hex. */
  sha256: string;
}

/** Hears one clip from its beginning. Several may be in use at once. */
export interface VoiceListener {
  /**
   * How likely somebody speaks, 0…1, in each whole window of {@link voiceWindow} samples. What is left over is kept for the
   * next call, and so is what the model remembers.
   *
   * @param samples 16 kHz, mono, -1…1; those that follow the last call's
   * @throws PerceptionUnavailable, RequestCancelled
   */
  hear(samples: Float32Array, token?: CancellationToken): Promise<Float32Array>;
}

/** Words that were heard, with their times in the sound. */
export interface HeardLine extends Segment {
  text: string;
  confidence: number; // 0…1
}

export interface HeardWords {
  lines: HeardLine[];
  /** What comes behind is to be heard again, as a piece of its own. */
  heardSeconds: number;
  /** Code of the language that was heard, e.g. `en`. */
  language?: string;
}

/** Seconds of sound in which words are heard at once. */
export const longestHeard = 30;

/** Samples in a window of a {@link VoiceListener}, at {@link voiceSampleRate}. */
export const voiceWindow = 512;
export const voiceSampleRate = 16_000; // Hz

/** Of a process. */
export interface ProcessMemory {
  residentBytes: number;
  peakResidentBytes: number;
}

/** The perception models that are installed. Work is done in order, one call at a time. */
export interface Perception extends Disposable {
  /**
   * Looks at one frame, best with at most 960 pixels on its longer side. A kind that was asked for is missing from the result if the frame broke the detectors twice: then
   * it should be passed over.
   *
   * @throws PerceptionUnavailable (no model for one of `kinds`, it is damaged, or keeps breaking), RequestCancelled
   */
  look(frame: RgbFrame, kinds: readonly SightKind[], token?: CancellationToken): Promise<FrameSights>;
  listen(): VoiceListener;
  /**
   * What is said in a piece of sound of at most {@link longestHeard} seconds. Nothing where the piece broke the model twice.
   *
   * @param language a code such as `en`; left out: the model finds out
   * @throws PerceptionUnavailable, RequestCancelled
   */
  transcribe(samples: Float32Array, language?: string, token?: CancellationToken): Promise<HeardWords>;
  models(): PerceptionModelFacts[];
  /** Whether there are a manifest and its files; their hashes are compared before they are opened. */
  isAvailable(kind: PerceptionKind): boolean;
  /** Of the process that holds the models, as it was after its last work; undefined while there is none. */
  memory?(): ProcessMemory | undefined;
}
