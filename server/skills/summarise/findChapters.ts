import type { Segment, TimelineEvent, TimelineTrack } from '../../protocol/index.js';

/** How much a track says about what a part is about. Lines that are said change all the time. */
const weights: Record<TimelineTrack, number> = { text: 1, objects: 1, people: 0.5, speech: 0.3, motion: 0.3, shots: 0 };
/** A cut is one reason more to begin a chapter, and reason enough where nothing is known of both sides. */
const [cutBonus, bareCut] = [0.15, 0.3];
/** Less of a change is none. */
const leastChange = 0.28;
/** What begins or ends this close to a cut does so at the cut: frames are looked at now and then, cuts are exact. */
const nearCutSeconds = 1;
const mostChapters = 24;

/** How many chapters a part of that length has at most, and how long each is at least, in seconds. */
function limitsOf(seconds: number): { most: number; shortest: number } {
  const most = Math.min(mostChapters, Math.max(2, Math.round(2 + 0.5 * Math.sqrt(seconds))));
  return { most, shortest: Math.max(1.5, seconds / (most * 2.5)) };
}

/**
 * Cuts a part of a clip where what is seen, read and heard changes most, at cuts where there are some. The same events
 * give the same chapters.
 *
 * @returns one after the other without gaps, in the order of time; one where nothing changes
 */
export function findChapters(events: readonly TimelineEvent[], span: Segment): Segment[] {
  const { startSeconds, endSeconds } = span;
  const { most, shortest } = limitsOf(endSeconds - startSeconds);
  const cuts = events.filter(({ track }) => track === 'shots').map((shot) => shot.startSeconds);
  const telling = events.filter(({ track }) => weights[track] > 0);
  const changes = candidates(telling, cuts)
    .filter((time) => time - startSeconds >= shortest && endSeconds - time >= shortest)
    .map((time) => ({ time, change: changeAt(telling, time, shortest, span, cuts.includes(time)) }))
    .filter(({ change }) => change >= leastChange)
    .sort((a, b) => b.change - a.change || a.time - b.time);
  const chosen: number[] = [];
  for (const { time } of changes) {
    if (chosen.length < most - 1 && chosen.every((other) => Math.abs(other - time) >= shortest)) chosen.push(time);
  }
  const edges = [startSeconds, ...chosen.sort((a, b) => a - b), endSeconds];
  return edges.slice(0, -1).map((start, index) => ({ startSeconds: start, endSeconds: edges[index + 1] ?? endSeconds }));
}

/** Where something could begin: cuts, and where things, lines and voices come and go away from cuts. */
function candidates(events: readonly TimelineEvent[], cuts: readonly number[]): number[] {
  const isNearCut = (time: number): boolean => cuts.some((cut) => Math.abs(cut - time) <= nearCutSeconds);
  const edges = events.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]).filter((time) => !isNearCut(time));
  return [...new Set([...cuts, ...edges])];
}

/** 0: the same before and after. 1: nothing of what was before is there after. */
function changeAt(events: readonly TimelineEvent[], time: number, reach: number, span: Segment, isCut: boolean): number {
  const before = profile(events, Math.max(span.startSeconds, time - reach), time);
  const after = profile(events, time, Math.min(span.endSeconds, time + reach));
  const names = new Set([...before.keys(), ...after.keys()]);
  let [changed, all] = [0, 0];
  for (const name of names) {
    const [a, b] = [before.get(name) ?? 0, after.get(name) ?? 0];
    changed += Math.abs(a - b);
    all += Math.max(a, b);
  }
  return all === 0 ? (isCut ? bareCut : 0) : changed / all + (isCut ? cutBonus : 0);
}

/** What is there in a stretch, and how much of the time. */
function profile(events: readonly TimelineEvent[], start: number, end: number): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { track, label, startSeconds, endSeconds } of events) {
    const seconds = Math.min(end, endSeconds) - Math.max(start, startSeconds);
    if (seconds <= 0) continue;
    const name = track === 'speech' ? 'speech' : `${track} ${label}`;
    shares.set(name, Math.min(weights[track], (shares.get(name) ?? 0) + (weights[track] * seconds) / (end - start)));
  }
  return shares;
}
