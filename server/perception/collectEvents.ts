import type { Segment, TimelineTrack } from '../protocol/index.js';
import { cellsOf } from './events/cells.js';
import type { FoundEvent } from './events/makeEvent.js';
import { motionEvents } from './events/motionEvents.js';
import { objectEvents } from './events/objectEvents.js';
import { peopleEvents } from './events/peopleEvents.js';
import { textEvents } from './events/textEvents.js';
import type { SightKind } from './observations.js';
import type { KeptFrame } from './store/observationCodec.js';

/** What was seen in a clip. */
export interface SeenClip {
  /** In order of time. */
  frames: readonly (KeptFrame & { seconds: number })[];
  /** Where shots begin, as far as that is known. */
  cuts: readonly number[];
  range: Segment;
  /** Width of the picture ÷ its height. */
  aspect: number;
  /** Ids of the models that were asked, by kind. */
  sources: Partial<Record<SightKind, string>>;
}

/** The tracks that come from looking at frames, and what is looked for in them. */
export const visualTracks = {
  objects: ['objects'],
  text: ['texts'],
  people: ['faces', 'poses'],
  motion: [],
} as const satisfies Partial<Record<TimelineTrack, readonly SightKind[]>>;
export type VisualTrack = keyof typeof visualTracks;

/** The events of a track that follow from what was seen. */
export function collectEvents(track: VisualTrack, { frames, cuts, range, aspect, sources }: SeenClip): FoundEvent[] {
  const seconds = frames.map((frame) => frame.seconds);
  const looked = { seconds, cells: cellsOf(seconds, cuts, range) };
  switch (track) {
    case 'objects':
      return objectEvents(frames.map(({ sights }) => sights.objects), looked, sources.objects ?? '');
    case 'text':
      return textEvents(frames.map(({ sights }) => sights.texts), looked, sources.texts ?? '');
    case 'people':
      return peopleEvents(frames.map(({ sights }) => sights), looked, aspect, sources);
    case 'motion':
      return motionEvents(frames, looked, cuts);
  }
}
