/** Where an answer ends: any of these texts, or any of these token sequences as the newest tokens. */
export interface StopRules {
  texts: readonly string[];
  ids: readonly (readonly number[])[];
}

/** Length of the longest proper beginning of a stop text that `text` ends with. */
function openStop(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let n = Math.min(stop.length - 1, text.length); n > longest; n--) {
      if (text.endsWith(stop.slice(0, n))) {
        longest = n;
      }
    }
  }
  return longest;
}

function endsWith(tokens: readonly number[], sequence: readonly number[], length: number): boolean {
  const from = tokens.length - length;
  return from >= 0 && sequence.slice(0, length).every((id, i) => tokens[from + i] === id);
}

/**
 * Applies stop rules to a stream of tokens and their text. Text that may turn out to be the beginning
 * of a stop is held back, so that no part of a stop is ever handed out.
 */
export class StopMatcher {
  private pending = '';
  private readonly tokens: number[] = [];
  /** Offset in `pending` at which each of the newest tokens' text starts; older ones are below 0. */
  private starts: number[] = [];
  private readonly texts: readonly string[];
  private readonly ids: readonly (readonly number[])[];
  private readonly memory: number;

  constructor(rules: StopRules) {
    this.texts = rules.texts.filter((text) => text !== '');
    this.ids = rules.ids.filter((sequence) => sequence.length > 0);
    this.memory = Math.max(1, ...this.ids.map((sequence) => sequence.length));
  }

  /**
   * Takes a token and the text it adds.
   *
   * @returns the text that is now safe to hand out, and whether a stop was met; after a stop nothing
   * more may be pushed
   */
  push(token: number, text: string): { text: string; stopped: boolean } {
    this.tokens.push(token);
    this.starts.push(this.pending.length);
    if (this.tokens.length > this.memory) {
      this.tokens.shift();
      this.starts.shift();
    }
    this.pending += text;

    const cuts = this.texts.map((stop) => this.pending.indexOf(stop)).filter((at) => at >= 0);
    for (const sequence of this.ids) {
      if (endsWith(this.tokens, sequence, sequence.length)) {
        cuts.push(this.startOf(sequence.length));
      }
    }
    if (cuts.length > 0) {
      return { text: this.release(Math.min(...cuts)), stopped: true };
    }

    let safe = this.pending.length - openStop(this.pending, this.texts);
    for (const sequence of this.ids) {
      for (let n = sequence.length - 1; n > 0; n--) {
        if (endsWith(this.tokens, sequence, n)) {
          safe = Math.min(safe, this.startOf(n));
        }
      }
    }
    return { text: this.release(safe), stopped: false };
  }

  /** The text still held back, when generation ended for another reason. */
  flush(): string {
    return this.release(this.pending.length);
  }

  private startOf(newest: number): number {
    return Math.max(0, this.starts[this.starts.length - newest] ?? 0);
  }

  private release(length: number): string {
    const text = this.pending.slice(0, length);
    this.pending = this.pending.slice(length);
    this.starts = this.starts.map((start) => start - length);
    return text;
  }
}
