import type { AnnotatedSegment, AnnotatedSpan } from '../../../server/protocol/annotation.js';
import { type ClipGrid, fitSpan, moveSpan } from '../../../server/protocol/clipGrid.js';
import { snapTime, type SnapTargets } from '../../../server/protocol/snapTime.js';

/** What the pointer is doing with a segment, or to make one. */
export type Drag =
  | { kind: 'create'; track: string; from: number }
  | { kind: 'move'; segment: AnnotatedSegment; from: number }
  | { kind: 'start' | 'end'; segment: AnnotatedSegment };

export interface DragParts {
  grid: ClipGrid;
  targets: SnapTargets;
  /** Seconds that are near enough to be drawn to a target. */
  within: number;
}

/** The span that results while the pointer is at a time. */
export function draggedSpan(drag: Drag, seconds: number, { grid, targets, within }: DragParts): AnnotatedSpan {
  const snapped = (at: number): number => snapTime(grid, at, targets, within).seconds;
  switch (drag.kind) {
    case 'create':
      return fitSpan(grid, snapped(drag.from), snapped(seconds), seconds < drag.from ? 'end' : 'start');
    case 'start':
      return fitSpan(grid, Math.min(snapped(seconds), drag.segment.end), drag.segment.end, 'end');
    case 'end':
      return fitSpan(grid, drag.segment.start, Math.max(snapped(seconds), drag.segment.start), 'start');
    case 'move': {
      const { segment } = drag;
      const start = segment.start + seconds - drag.from;
      const end = start + segment.end - segment.start;
      // Whichever end comes nearer to something is drawn to it.
      const [atStart, atEnd] = [snapTime(grid, start, targets, within), snapTime(grid, end, targets, within)];
      const byEnd = atEnd.to !== undefined && (atStart.to === undefined || Math.abs(atEnd.seconds - end) < Math.abs(atStart.seconds - start));
      return moveSpan(grid, segment, byEnd ? atEnd.seconds - (segment.end - segment.start) : atStart.seconds);
    }
  }
}
