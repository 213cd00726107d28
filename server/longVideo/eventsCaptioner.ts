import type { Segment, Timeline } from '../protocol/index.js';
import type { Captioner } from './captioner.js';
import { describeEvents } from './describeEvents.js';

/** Captions that list what perception models noticed, for where no model puts it into words. */
export class EventsCaptioner implements Captioner {
  readonly key = undefined;

  constructor(private readonly timeline: Timeline) {}

  basis(): string {
    return '';
  }

  knows(window: Segment): boolean {
    return this.describe(window) !== '';
  }

  async caption(window: Segment): Promise<string> {
    return this.describe(window);
  }

  async dispose(): Promise<void> {
    // It holds nothing.
  }

  private describe(window: Segment): string {
    return describeEvents(this.timeline.events, window);
  }
}
