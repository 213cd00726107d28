/** One thing or line, followed from frame to frame. */
export interface Followed<Seen> {
  last: Seen;
  /** Place of the frame it was last seen in. */
  lastAt: number;
  sightings: { at: number; seen: Seen }[];
}

/** Frames something may be missing from before it is another one. */
const forgottenAfter = 2;

/**
 * Follows what is seen from frame to frame, greedily: those that fit best belong together, what fits nothing is new.
 *
 * @param frames what was seen in each frame that was looked at
 * @param fitOf how well what was last seen of something fits a sighting; 0: they are two
 * @returns in the order in which they were first seen
 */
export function followSightings<Seen>(frames: readonly (readonly Seen[])[], fitOf: (last: Seen, seen: Seen) => number): Followed<Seen>[] {
  const followed: Followed<Seen>[] = [];
  let open: Followed<Seen>[] = [];
  frames.forEach((found, at) => {
    open = open.filter(({ lastAt }) => at - lastAt <= forgottenAfter);
    const pairs = found
      .flatMap((seen, i) => open.map((known) => ({ i, seen, known, fit: fitOf(known.last, seen) })))
      .filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit);
    const taken = new Set<number>();
    for (const { i, seen, known } of pairs) {
      if (!taken.has(i) && known.lastAt < at) {
        taken.add(i);
        known.sightings.push({ at, seen });
        known.last = seen;
        known.lastAt = at;
      }
    }
    found.forEach((seen, i) => {
      if (taken.has(i)) return;
      const fresh: Followed<Seen> = { last: seen, lastAt: at, sightings: [{ at, seen }] };
      followed.push(fresh);
      open.push(fresh);
    });
  });
  return followed;
}
