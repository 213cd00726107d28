import type { Ask } from './searchDatabase.js';

/** With more words than these in all clips, every word is taken for one that may be there. */
const mostWords = 200_000;

/** The words that stand in any clip: what is not there need not be looked for. */
export class Vocabulary {
  private words: Set<string> | undefined;
  private version: unknown;

  /** The index has changed. */
  forget(): void {
    this.words = undefined;
  }

  /** Reads the words where they may have changed, by this process or another one. */
  read(ask: Ask): (word: string) => boolean {
    const [row] = ask('pragma data_version', []);
    if (!this.words || row?.['data_version'] !== this.version) {
      this.version = row?.['data_version'];
      this.words = new Set(ask('select term from vocabulary limit ?', [mostWords + 1]).map(({ term }) => String(term)));
    }
    const { words } = this;
    return words.size > mostWords ? () => true : (word) => words.has(word);
  }
}
