import type { AnnotatedSegment } from '../../../server/protocol/annotation.js';
import { between, type PlacedSegment, type Rows, sizes, type TrackRow } from './rows.js';
import { secondsAt, type TimeScale, xOf } from './timeScale.js';

/** How near to an edge a pointer takes hold of it, in pixels. */
const grip = 5;

export type Hit =
  | { on: 'segment' | 'start' | 'end'; segment: AnnotatedSegment; row: TrackRow }
  | { on: 'track'; row: TrackRow }
  | { on: 'nothing' };

/** What lies under a point of the tracks. A selected segment is found before others that lie there too. */
export function hitTest(rows: Rows, scale: TimeScale, x: number, y: number, selected: ReadonlySet<string>): Hit {
  const row = rows.tracks.find((each) => y >= each.top && y < each.top + each.height);
  if (!row) {
    return { on: 'nothing' };
  }
  const lane = Math.floor((y - row.top - sizes.gap / 2) / sizes.lane);
  let best: { placed: PlacedSegment; on: 'segment' | 'start' | 'end'; rank: number } | undefined;
  for (const placed of between(row, secondsAt(scale, x - grip), secondsAt(scale, x + grip))) {
    const { segment } = placed;
    if (placed.lane !== lane) {
      continue;
    }
    const [left, right] = [xOf(scale, segment.start), xOf(scale, segment.end)];
    // Of a narrow segment the middle stays free to take it as a whole; the grips lie more outside then.
    const inner = Math.min(grip, (right - left) / 4);
    const on = x >= left - grip && x <= left + inner ? 'start' : x <= right + grip && x >= right - inner ? 'end' : 'segment';
    const inside = x >= left && x <= right;
    const rank = (selected.has(segment.id) ? 0 : 2) + (inside ? 0 : 1);
    if (!best || rank <= best.rank) {
      best = { placed, on, rank };
    }
  }
  return best ? { on: best.on, segment: best.placed.segment, row } : { on: 'track', row };
}
