import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { WorkStep } from './summary.js';
import type { TimelineTrack } from './timeline.js';
import type { Segment, VideoFacts } from './video.js';

export interface ComparisonCreateParams extends Streaming {
  /** Two open clips. */
  videoIds: [string, string];
  /** Puts the differences into words; left out: nobody does. */
  modelId?: string;
}

/** How much of something is in a clip. */
export interface Presence {
  /** Seconds in which it is there. */
  seconds: number;
  /** Stretches. */
  times: number;
  /** Most at once. */
  atOnce: number;
  /** Where it is first. */
  first: Segment;
}

/** Something that at least one of two clips shows. */
export interface ComparedThing {
  track: TimelineTrack;
  label: string;
  /** In the first and in the second clip; null where it is not. */
  presence: [Presence | null, Presence | null];
}

export interface Comparison {
  facts: [VideoFacts, VideoFacts];
  shots: [number, number];
  /** Those of both clips first, then by how long they are there. */
  things: ComparedThing[];
  /** Tracks that are not known of one of the clips, or not completely. */
  missing: { video: 0 | 1; track: TimelineTrack; note: string }[];
  /** What a model says of it; undefined where none was asked or none can. */
  text?: string;
  model?: { id: string; name: string; demonstration: boolean };
}

export type ComparisonProgress = WorkStep | { kind: 'delta'; text: string };

/** What two clips both show, and what only one of them does, from their timelines. */
export const ComparisonCreateRequest = clientRequest<ComparisonCreateParams, Comparison, ComparisonProgress>('comparison/create');
