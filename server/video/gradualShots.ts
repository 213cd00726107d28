/** How long a stretch may take in which one picture becomes another, in seconds: one of these lies inside longer ones. */
const windows = [0.4, 0.8, 1.6];
const shortest = 5; // frames
const longest = 128; // frames
/** Pictures at both ends of a stretch differ at least by so much: mean difference of 8-bit values. */
const leastChange = 20;
/** What a picture in between may differ from a mixture of both, as a share of their difference. */
const mostRest = 0.22;
/** How alike the two are where only the light has changed. */
const sameScene = 0.6;

/**
 * Finds where one shot goes over into another one: dissolves and fades. Between the two each picture is a mixture of both,
 * more and more of the second one; a picture in which something moves is not, and where only the light changes both ends
 * have the same structure.
 */
export class GradualShots {
  /** The last frames: frame i is at `i % longest`. */
  private readonly frames: Uint8Array[] = [];
  private readonly found: { centre: number; start: number; end: number; change: number }[] = [];
  private readonly lengths: number[];
  private count = 0;

  constructor(framesPerSecond: number) {
    const lengths = windows.map((seconds) => Math.min(longest - 1, Math.max(shortest, Math.round(seconds * (framesPerSecond || 25)))));
    this.lengths = [...new Set(lengths)];
  }

  /** @param frame small: copied */
  add(frame: Uint8Array): void {
    const at = this.count % longest;
    this.frames[at] = Uint8Array.from(frame);
    for (const length of this.lengths) {
      const change = length <= this.count ? this.changeOver(this.count - length, this.count) : 0;
      if (change > 0) {
        this.found.push({ centre: this.count - length / 2, start: this.count - length, end: this.count, change });
      }
    }
    this.count++;
  }

  /** Numbers of the frames in the middle of each transition, ascending. */
  get shots(): number[] {
    const groups: (typeof this.found)[] = [];
    for (const each of [...this.found].sort((a, b) => a.start - b.start)) {
      const group = groups.at(-1);
      if (group && each.start <= Math.max(...group.map(({ end }) => end))) {
        group.push(each);
      } else {
        groups.push([each]);
      }
    }
    return groups.map((group) => {
      const most = Math.max(...group.map(({ change }) => change));
      const best = group.filter(({ change }) => change >= 0.95 * most);
      return Math.round(best.reduce((sum, { centre }) => sum + centre, 0) / best.length);
    });
  }

  /** How much changes over a stretch that is a transition; 0 for any other one. */
  private changeOver(first: number, last: number): number {
    const [from, to] = [this.frames[first % longest], this.frames[last % longest]];
    if (!from || !to) return 0;
    const change = difference(from, to);
    if (change < leastChange) return 0;
    let before = 0.05;
    for (const part of [0.25, 0.5, 0.75]) {
      const between = this.frames[Math.round(first + part * (last - first)) % longest];
      if (!between) return 0;
      const { share, rest } = mixture(from, to, between);
      if (share <= before || share >= 0.95 || rest > mostRest * change) return 0;
      before = share + 0.05;
    }
    return likeness(from, to) < sameScene ? change : 0;
  }
}

function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}

/** The share of `to` in the mixture with `from` that comes nearest to a picture, and the mean difference that is left. */
function mixture(from: Uint8Array, to: Uint8Array, picture: Uint8Array): { share: number; rest: number } {
  let along = 0;
  let length = 0;
  for (let i = 0; i < from.length; i++) {
    const step = to[i]! - from[i]!;
    along += (picture[i]! - from[i]!) * step;
    length += step * step;
  }
  const share = along / Math.max(1, length);
  let rest = 0;
  for (let i = 0; i < from.length; i++) rest += Math.abs(picture[i]! - from[i]! - share * (to[i]! - from[i]!));
  return { share, rest: rest / from.length };
}

/** Correlation of two pictures, -1…1; 0 where one of them is plain. */
function likeness(a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let both = 0;
  let ownA = 0;
  let ownB = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    both += x * y;
    ownA += x * x;
    ownB += y * y;
  }
  // Below a deviation of two values a picture has no structure.
  const plain = 4 * a.length;
  return ownA < plain || ownB < plain ? 0 : both / Math.sqrt(ownA * ownB);
}
