/** Something that waits until a test lets it go. */
export class Gate {
  private opened = true;
  private waiting: (() => void)[] = [];
  private arrived: (() => void)[] = [];

  /** From now on `pass` waits. */
  close(): void {
    this.opened = false;
  }

  /** Lets all pass, and those that come later. */
  open(): void {
    this.opened = true;
    this.waiting.splice(0).forEach((go) => go());
  }

  /** Lets one pass. */
  step(): void {
    this.waiting.shift()?.();
  }

  async pass(): Promise<void> {
    if (!this.opened) {
      const wait = new Promise<void>((resolve) => this.waiting.push(resolve));
      this.arrived.splice(0).forEach((tell) => tell());
      await wait;
    }
  }

  /** Resolves when somebody waits here. */
  async reached(): Promise<void> {
    if (this.waiting.length === 0) {
      await new Promise<void>((resolve) => this.arrived.push(resolve));
    }
  }
}
