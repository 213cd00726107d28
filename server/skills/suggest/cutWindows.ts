import { type AnnotatedSpan, type ClipGrid, fitTime } from '../../protocol/index.js';

/** Length of a window in a stretch without cuts, in seconds. */
const usualSeconds = 5;
/** A shot that is longer than so many windows is cut too. */
const windowsInShot = 3;
/** More windows than about this many, and they become longer. */
const mostWindows = 100;
/** Shots shorter than this belong to the one before, in seconds. */
const shortestShot = 0.5;

/**
 * Cuts a span where shots begin, and what is still long into equal windows. The windows follow one another without
 * gaps, on edges of frames.
 *
 * @param shots where shots begin, in seconds, ascending
 */
export function cutWindows(grid: ClipGrid, span: AnnotatedSpan, shots: readonly number[]): AnnotatedSpan[] {
  const length = span.end - span.start;
  const window = Math.max(usualSeconds, length / mostWindows);
  const cuts = shotCuts(span, shots, Math.max(shortestShot, length / mostWindows / 2));
  const most = cuts.length > 0 ? window * windowsInShot : window;
  const edges = [span.start, ...cuts, span.end];
  const times = edges.slice(0, -1).flatMap((start, index) => {
    const end = edges[index + 1] ?? span.end;
    const parts = Math.max(1, cuts.length > 0 ? Math.ceil((end - start) / most - 0.001) : Math.round((end - start) / most));
    return Array.from({ length: parts }, (_, part) => start + ((end - start) * part) / parts);
  });
  return between([...times, span.end].map((time) => fitTime(grid, time)));
}

/** Segments from shot to shot of a span, each shot for itself. */
export function cutShots(grid: ClipGrid, span: AnnotatedSpan, shots: readonly number[]): AnnotatedSpan[] {
  const inside = shots.filter((shot) => shot > span.start && shot < span.end);
  return between([span.start, ...inside, span.end].map((time) => fitTime(grid, time)));
}

function shotCuts(span: AnnotatedSpan, shots: readonly number[], shortest: number): number[] {
  const cuts: number[] = [];
  for (const shot of shots) {
    if (shot - (cuts.at(-1) ?? span.start) >= shortest && span.end - shot >= shortest) {
      cuts.push(shot);
    }
  }
  return cuts;
}

function between(edges: readonly number[]): AnnotatedSpan[] {
  return edges.slice(0, -1).flatMap((start, index) => {
    const end = edges[index + 1] ?? start;
    return end > start ? [{ start, end }] : [];
  });
}
