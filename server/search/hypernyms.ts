/** A word for another one, and how far it is: 0 means the same, 1 is a kind of it, 2 a kind of a kind of it. */
export interface Kind {
  word: string;
  distance: number;
}

/** Which of a word's meanings is meant: the first, another usual one, a rare one. */
type Rank = 1 | 2 | 3;

/** What a rarer meaning of a word costs, in steps. */
const rankCost: Record<Rank, number> = { 1: 0, 2: 1, 3: 3 };
/** A rare meaning of what is found is never what somebody looked for. */
const mostRank = 2;

/**
 * Which nouns are kinds of which, after WordNet's nouns; `models/wordnet/README.md` has the layout. Words are in lower
 * case, with single spaces, in the singular.
 */
export class Hypernyms {
  private readonly lines: readonly string[];
  /** Each meaning as 4 × its line + its rank; most words have one. */
  private readonly meanings = new Map<string, number | number[]>();
  private readonly above: Int32Array[] = [];
  private readonly below = new Map<number, number[]>();

  /** @param table the first part of the table. @throws RangeError for anything else */
  constructor(table: string) {
    this.lines = table.split('\n');
    this.lines.forEach((line, at) => this.add(line, at));
  }

  has(word: string): boolean {
    return this.meanings.has(word);
  }

  /** The lines of all meanings of a word: words that have one in common may mean the same. */
  linesOf(word: string): number[] {
    return this.meaningsOf(word).map(({ at }) => at);
  }

  /**
   * Words that mean the same, and all kinds of it, the nearest first: `vehicle` gives car, truck, bus, … Of a word with
   * several meanings, kinds of its rare ones come later.
   */
  kindsOf(word: string): Kind[] {
    const found = new Map<string, number>();
    const reached = new Map<number, number>();
    let front = new Map(this.meaningsOf(word).map(({ at, rank }) => [at, rankCost[rank]] as const));
    while (front.size > 0) {
      const next = new Map<number, number>();
      for (const [at, distance] of front) {
        if (distance >= (reached.get(at) ?? Infinity)) {
          continue;
        }
        reached.set(at, distance);
        for (const name of this.namesAt(at)) {
          const cost = distance + rankCost[name.rank];
          if (name.rank <= mostRank && name.word !== word && cost < (found.get(name.word) ?? Infinity)) {
            found.set(name.word, cost);
          }
        }
        for (const child of this.below.get(at) ?? []) {
          next.set(child, Math.min(distance + 1, next.get(child) ?? Infinity));
        }
      }
      front = next;
    }
    return [...found].map(([kind, distance]) => ({ word: kind, distance })).sort((a, b) => a.distance - b.distance);
  }

  /** How many steps `kind` is above `word`: `dog` is 0 from itself and some from `animal`; undefined: it is none. */
  distance(word: string, kind: string): number | undefined {
    const goals = new Set(this.meaningsOf(kind).map(({ at }) => at));
    let front = this.meaningsOf(word).filter(({ rank }) => rank <= mostRank).map(({ at }) => at);
    const seen = new Set<number>();
    for (let steps = 0; front.length > 0; steps++) {
      if (front.some((at) => goals.has(at))) {
        return steps;
      }
      front.forEach((at) => seen.add(at));
      front = [...new Set(front.flatMap((at) => [...(this.above[at] ?? [])]))].filter((at) => !seen.has(at));
    }
    return undefined;
  }

  private meaningsOf(word: string): { at: number; rank: Rank }[] {
    const packed = this.meanings.get(word) ?? [];
    return (typeof packed === 'number' ? [packed] : packed).map((each) => ({ at: each >> 2, rank: rankOf(each & 3) }));
  }

  private namesAt(at: number): { word: string; rank: Rank }[] {
    const words = this.lines[at]?.split('|', 1)[0] ?? '';
    return words === '' ? [] : words.split(',').map(nameOf);
  }

  private add(line: string, at: number): void {
    for (const { word, rank } of this.namesAt(at)) {
      const known = this.meanings.get(word);
      const meaning = (at << 2) | rank;
      this.meanings.set(word, known === undefined ? meaning : [...(typeof known === 'number' ? [known] : known), meaning]);
    }
    const steps = line.slice(line.indexOf('|') + 1);
    const above = steps === '' ? [] : steps.split(',').map((step) => at - Number.parseInt(step, 36));
    this.above.push(Int32Array.from(above));
    for (const parent of above) {
      if (!(parent >= 0 && parent < at)) {
        throw new RangeError(`Line ${at + 1} of the table of nouns is damaged.`);
      }
      const children = this.below.get(parent);
      if (children) {
        children.push(at);
      } else {
        this.below.set(parent, [at]);
      }
    }
  }
}

function nameOf(name: string): { word: string; rank: Rank } {
  const colon = name.indexOf(':');
  return colon < 0 ? { word: name, rank: 1 } : { word: name.slice(0, colon), rank: rankOf(Number(name.slice(colon + 1))) };
}

function rankOf(value: number): Rank {
  return value === 2 || value === 3 ? value : 1;
}
