import type { AnnotatedSegment } from '../../../server/protocol/annotation.js';
import type { DatasetManifest, TrackRule } from '../../../server/protocol/dataset.js';
import { partitionPoint } from '../../../server/protocol/partitionPoint.js';
import { trackOf, tracksOf } from '../session/labels.js';

export const sizes = { ruler: 22, thumbs: 40, lane: 22, gap: 4, shots: 14, wave: 36 } as const;
/** Where more segments than these overlap, the last lane holds them all. */
const mostLanes = 6;

export interface PlacedSegment {
  segment: AnnotatedSegment;
  lane: number;
}

/** A track with its segments by start; `latestEnd[i]` is the latest end of the first i + 1, to find what is in view. */
export interface TrackRow {
  track: TrackRule;
  top: number;
  height: number;
  lanes: number;
  placed: PlacedSegment[];
  latestEnd: number[];
}

export interface Rows {
  tracks: TrackRow[];
  shotsTop: number;
  waveTop: number;
  height: number;
}

/** Puts segments into rows: one per track, as many lanes in it as segments overlap. */
export function layOut(segments: readonly AnnotatedSegment[], dataset: DatasetManifest | undefined, extras: { shots: boolean; wave: boolean }): Rows {
  const byTrack = new Map<string, AnnotatedSegment[]>();
  for (const segment of segments) {
    const track = trackOf(segment, dataset);
    const others = byTrack.get(track);
    if (others) {
      others.push(segment);
    } else {
      byTrack.set(track, [segment]);
    }
  }
  let top = 0;
  const tracks = tracksOf(segments, dataset).map((track): TrackRow => {
    const { placed, lanes } = stack(byTrack.get(track.id) ?? []);
    const height = lanes * sizes.lane + sizes.gap;
    let latest = -Infinity;
    const row = { track, top, height, lanes, placed, latestEnd: placed.map(({ segment }) => (latest = Math.max(latest, segment.end))) };
    top += height;
    return row;
  });
  const shotsTop = top;
  const waveTop = shotsTop + (extras.shots ? sizes.shots : 0);
  return { tracks, shotsTop, waveTop, height: waveTop + (extras.wave ? sizes.wave : 0) };
}

function stack(segments: AnnotatedSegment[]): { placed: PlacedSegment[]; lanes: number } {
  const ends: number[] = [];
  const placed = segments
    .toSorted((a, b) => a.start - b.start || b.end - a.end)
    .map((segment) => {
      const free = ends.findIndex((end) => end <= segment.start + 1e-6);
      const lane = free >= 0 ? free : Math.min(ends.length, mostLanes - 1);
      ends[lane] = Math.max(ends[lane] ?? 0, segment.end);
      return { segment, lane };
    });
  return { placed, lanes: Math.max(1, ends.length) };
}

/** The segments of a row that touch a span, by start. */
export function* between({ placed, latestEnd }: TrackRow, start: number, end: number): Generator<PlacedSegment> {
  for (let index = partitionPoint(latestEnd, (end) => end < start); index < placed.length; index++) {
    const each = placed[index];
    if (!each || each.segment.start > end) {
      return;
    }
    if (each.segment.end >= start) {
      yield each;
    }
  }
}
