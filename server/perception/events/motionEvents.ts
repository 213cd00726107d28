import { pictureChange } from '../sampling/thumbnail.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';
import type { LookedAt } from './runEvents.js';

/** What a frame tells of light and movement. */
export interface Glance {
  /** Mean luma, 0…1. */
  brightness: number;
  thumbnail: Uint8Array; // [9,16]
}

const darkness = 0.06;
/** Change from a frame to the next that is movement, and that is none; in between it stays what it was. */
const changes = { moving: 0.03, still: 0.012 };

type Motion = 'still' | 'moving' | 'dark';

/**
 * When the picture is still, moves, or is dark.
 *
 * @param cuts where shots begin: that a picture changes there is no movement
 */
export function motionEvents(glances: readonly Glance[], { seconds, cells }: LookedAt, cuts: readonly number[]): FoundEvent[] {
  const events: FoundEvent[] = [];
  let state: Motion | undefined;
  glances.forEach((glance, i) => {
    const cell = cells[i];
    if (!cell) return;
    state = motionAt(glances, seconds, cuts, i, state);
    const last = events.at(-1);
    if (state !== undefined && last?.label === state && last.endSeconds >= cell.startSeconds - 1e-6) {
      last.endSeconds = cell.endSeconds;
    } else if (state !== undefined) {
      events.push({ track: 'motion', label: state, source: 'frames', confidence: 1, startSeconds: cell.startSeconds, endSeconds: cell.endSeconds });
    }
  });
  return events.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds).map(makeEvent);
}

function motionAt(glances: readonly Glance[], seconds: readonly number[], cuts: readonly number[], i: number, before: Motion | undefined): Motion | undefined {
  const [glance, next, previous] = [glances[i], glances[i + 1], glances[i - 1]];
  if (!glance) return undefined;
  if (glance.brightness < darkness) return 'dark';
  const apart = (a: number, b: number): boolean => cuts.some((cut) => cut > (seconds[a] ?? 0) && cut <= (seconds[b] ?? 0));
  // What happens until the next frame; in the last one of a shot, what happened since the one before.
  const neighbour = next && !apart(i, i + 1) ? next : previous && !apart(i - 1, i) ? previous : undefined;
  if (!neighbour) return undefined;
  const change = pictureChange(glance.thumbnail, neighbour.thumbnail);
  if (change >= changes.moving) return 'moving';
  if (change <= changes.still || before === undefined || before === 'dark') return 'still';
  return before;
}
