import type { StopRules } from './manifest.js';

/**
 * The original's post-processing: text before the first stop text, after the last `trimAfter` text,
 * trimmed.
 */
export function cleanAnswer(text: string, rules: Pick<StopRules, 'texts' | 'trimAfter'>): string {
  let kept = text;
  for (const stop of rules.texts) {
    kept = kept.split(stop, 1)[0] ?? '';
  }
  for (const marker of rules.trimAfter) {
    kept = kept.slice(kept.lastIndexOf(marker) + 1 && kept.lastIndexOf(marker) + marker.length);
  }
  return kept.trim();
}

/**
 * {@link cleanAnswer} while the text is still coming: the concatenation of what `push` and `end`
 * return is the cleaned answer. White space and beginnings of stop texts are held back until it is
 * known whether they belong to the answer. Unlike {@link cleanAnswer}, a `trimAfter` text counts only
 * at the beginning, since text that was shown cannot be taken back.
 */
export class AnswerStream {
  private held = '';
  private started = false;
  private ended = false;

  constructor(private readonly rules: Pick<StopRules, 'texts' | 'trimAfter'>) {}

  /** True once a stop text was seen; what comes later is ignored. */
  get stopped(): boolean {
    return this.ended;
  }

  push(delta: string): string {
    if (this.ended) {
      return '';
    }
    this.held += delta;
    const stop = this.rules.texts.map((text) => this.held.indexOf(text)).filter((at) => at >= 0);
    if (stop.length > 0) {
      this.held = this.held.slice(0, Math.min(...stop));
      return this.end();
    }
    this.skipStart();
    const waiting = this.started ? this.rules.texts : [...this.rules.texts, ...this.rules.trimAfter];
    let cut = this.held.length - longestTailThatStarts(waiting, this.held);
    cut = this.held.slice(0, cut).trimEnd().length;
    return this.emit(cut);
  }

  /** No more text: what was held back and belongs to the answer. */
  end(): string {
    if (this.ended) {
      return '';
    }
    this.ended = true;
    this.skipStart();
    return this.emit(this.held.trimEnd().length);
  }

  private skipStart(): void {
    while (!this.started) {
      this.held = this.held.trimStart();
      const marker = this.rules.trimAfter.find((text) => this.held.startsWith(text));
      if (marker === undefined) {
        return;
      }
      this.held = this.held.slice(marker.length);
    }
  }

  private emit(length: number): string {
    const text = this.held.slice(0, length);
    this.held = this.held.slice(length);
    this.started ||= text !== '';
    return text;
  }
}

/** Length of the longest end of `text` that one of `starts` begins with. */
function longestTailThatStarts(starts: string[], text: string): number {
  let longest = 0;
  for (const start of starts) {
    for (let length = Math.min(start.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(start.slice(0, length))) {
        longest = length;
      }
    }
  }
  return longest;
}
