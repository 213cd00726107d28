import type { Captioner } from '../../server/longVideo/captioner.js';
import type { Segment } from '../../server/protocol/index.js';

/** Says from when to when a window lasts, and counts how often it was asked. */
export class CountingCaptioner implements Captioner {
  key: string | undefined = 'counting';
  rests = '';
  width = 1;
  /** Waits before it says something, in turns of the event loop; and how many waited together, at most. */
  turns: (window: Segment) => number = () => 0;
  mostAtOnce = 0;
  private atOnce = 0;
  failAt = Infinity;
  readonly asked: Segment[] = [];
  unknown: (window: Segment) => boolean = () => false;
  says: (window: Segment) => string = ({ startSeconds, endSeconds }) => `From ${startSeconds} to ${endSeconds}.`;

  basis(): string {
    return this.rests;
  }

  knows(window: Segment): boolean {
    return !this.unknown(window);
  }

  async caption(window: Segment): Promise<string> {
    this.asked.push(window);
    if (this.asked.length >= this.failAt) {
      throw new Error('no more');
    }
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    for (let turn = this.turns(window); turn > 0; turn--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.atOnce--;
    return this.says(window);
  }

  async dispose(): Promise<void> {
    // Nothing is held.
  }
}
