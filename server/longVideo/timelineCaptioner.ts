import { createHash } from 'node:crypto';
import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import { buildTimelineContext } from '../context/buildTimelineContext.js';
import { completeText, textBudget } from '../engine/completeText.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import type { SamplingOptions, Segment, Timeline } from '../protocol/index.js';
import { cleanLine } from '../skills/suggest/cleanAnswer.js';
import type { Captioner } from './captioner.js';
import { captionerKey } from './captionerKey.js';
import { overlaps } from './cutCaptionWindows.js';
import { contextRoom, type TokenBudget } from './contextRoom.js';

export interface TimelineCaptionerOptions {
  slot: ModelSlot;
  lane: Lane;
  timeline: Timeline;
  question: string;
  token: CancellationToken;
}

/** What models say of what they are not told. */
const saysNothing = /^(?:the timeline does not show|nothing (?:is shown|to be seen))/i;

/** Captions by a model that reads what perception models noticed in each window. */
export class TimelineCaptioner implements Captioner {
  readonly key: string;
  readonly width: number;
  private readonly contexts = new Map<Segment, string>();

  private constructor(
    private readonly engine: Engine,
    private readonly options: TimelineCaptionerOptions,
    private readonly budget: TokenBudget,
  ) {
    this.key = captionerKey('timeline', options.slot, options.question);
    this.width = options.slot.manifest.backend?.concurrency ?? 1;
  }

  /** Loads the model to learn how much it can read. */
  static async create(engine: Engine, options: TimelineCaptionerOptions): Promise<TimelineCaptioner> {
    const { slot, question, token } = options;
    return new TimelineCaptioner(engine, options, contextRoom(await textBudget(engine, slot, token), question));
  }

  basis(window: Segment): string {
    return createHash('sha256').update(this.contextOf(window)).digest('hex').slice(0, 32);
  }

  /** Only windows that were looked at, or in which somebody speaks, can be told apart. */
  knows(window: Segment): boolean {
    const { events, frameSeconds } = this.options.timeline;
    const inside = events.filter((event) => event.track !== 'shots' && overlaps(event, window));
    const isSeen = frameSeconds.some((seconds) => seconds >= window.startSeconds && seconds < window.endSeconds);
    return inside.length > 0 && (isSeen || inside.some(({ track }) => track === 'speech'));
  }

  async caption(window: Segment, sampling: SamplingOptions = {}): Promise<string> {
    const { slot, lane, question, token } = this.options;
    const { text } = await completeText(this.engine, { slot, lane, context: this.contextOf(window), question, sampling, token });
    const line = cleanLine(text);
    return saysNothing.test(line) ? '' : line;
  }

  async dispose(): Promise<void> {
    this.contexts.clear();
  }

  private contextOf(span: Segment): string {
    const known = this.contexts.get(span);
    if (known !== undefined) return known;
    const { timeline } = this.options;
    const { text } = buildTimelineContext({ timeline: { ...timeline, events: timeline.events.filter(({ track }) => track !== 'shots') }, span, ...this.budget });
    // A window is asked about twice: what it rests on, and what is said of it.
    const [oldest] = this.contexts.keys();
    if (oldest && this.contexts.size >= this.width) {
      this.contexts.delete(oldest);
    }
    this.contexts.set(span, text);
    return text;
  }
}
