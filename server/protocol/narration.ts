import type { AnswersFrom } from './answersFrom.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { SummarySource, WorkStep } from './summary.js';
import type { Segment, VideoFacts } from './video.js';

export interface NarrationCreateParams extends Streaming {
  videoId: string;
  modelId: string;
  /** Seconds that one line is about, 0.5 to 60; 4 where left out. Longer in clips of more than 1000 lines. */
  everySeconds?: number;
  span?: Segment;
  /** Other wordings of each line, 0 to 20. */
  variants?: number;
  /** Left out: `auto`. */
  answersFrom?: AnswersFrom | 'events';
}

/** A line of a narration. */
export interface NarrationLine extends Segment {
  text: string;
  /** Other wordings that the model found; there may be fewer than were asked for. */
  variants?: string[];
}

export interface Narration {
  facts: VideoFacts;
  /** In the order of time; windows of which nothing is said have none. */
  lines: NarrationLine[];
  from: SummarySource;
  /** Why there is less than was asked for. */
  note: string;
  model: { id: string; name: string; demonstration: boolean };
}

export type NarrationProgress = WorkStep | { kind: 'lines'; lines: NarrationLine[] };

/** Tells what happens in a clip, a line every few seconds. Lines are kept: what was interrupted goes on where it was. */
export const NarrationCreateRequest = clientRequest<NarrationCreateParams, Narration, NarrationProgress>('narration/create');

export const narrationFormats = ['webvtt', 'srt', 'jsonl'] as const;
export type NarrationFormat = (typeof narrationFormats)[number];

export interface NarrationExportParams {
  narration: Pick<Narration, 'facts' | 'lines'>;
  format: NarrationFormat;
}
/**
 * Writes a narration as text: a cue for each line, or lines of JSON `{ video_uid, start, end, narration }`, where each
 * variant is a line of its own.
 */
export const NarrationExportRequest = clientRequest<NarrationExportParams, { text: string }>('narration/export');
