/** Windows of the first look. */
const firstWindows = 8;

/**
 * Numbers of things in rounds: the first round is spread evenly over all of them, each later one lies between what came
 * before and is about as large as all before it, and the rounds together hold each number once, up to a limit.
 *
 * @param most how many there may be in all rounds together; what is left out is spread evenly too
 */
export function coarseToFine(count: number, most: number): number[][] {
  const chosen = evenly(count, Math.min(count, Math.max(1, most)));
  const rounds: number[][] = [];
  let every = 1;
  while (chosen.length / every > firstWindows) every *= 2;
  for (let step = every; step >= 1; step /= 2) {
    const round = chosen.filter((_, i) => i % step === 0 && (step === every || i % (2 * step) !== 0));
    if (round.length > 0) rounds.push(round);
  }
  return rounds;
}

/** So many of the numbers below `count`, each in the middle of an equal part. */
function evenly(count: number, wanted: number): number[] {
  return Array.from({ length: wanted }, (_, i) => Math.floor(((i + 0.5) * count) / wanted));
}
