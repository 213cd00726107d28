import type { Ask } from './searchDatabase.js';

const mostKept = 16;

/** What was worked out from the index, kept while the index stays the same. */
export class WhileUnchanged<Value> {
  private readonly values = new Map<string, Value>();
  private version: unknown;

  /** This process has changed the index. */
  forget(): void {
    this.values.clear();
  }

  /** @param work is done where the index has changed, by this process or another one, since it was done last */
  get(ask: Ask, key: string, work: () => Value): Value {
    const version = ask('pragma data_version', [])[0]?.['data_version'];
    if (version !== this.version) {
      this.version = version;
      this.values.clear();
    }
    const known = this.values.get(key);
    if (known !== undefined) {
      return known;
    }
    const value = work();
    const [oldest] = this.values.keys();
    if (this.values.size >= mostKept && oldest !== undefined) {
      this.values.delete(oldest);
    }
    this.values.set(key, value);
    return value;
  }
}
