import { randomUUID } from 'node:crypto';
import { ClipQuestions } from '../../chat/clipQuestions.js';
import { captionClip } from '../../chat/gatherCaptions.js';
import { type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import type { Lane } from '../../common/fairQueue.js';
import type { Translate } from '../../common/translator.js';
import { buildTimelineContext, type TimedText } from '../../context/buildTimelineContext.js';
import { completeText, textBudget } from '../../engine/completeText.js';
import type { Engine } from '../../engine/engine.js';
import type { ModelSlot } from '../../engine/modelSlot.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import { contextRoom } from '../../longVideo/contextRoom.js';
import { fitCaptions } from '../../longVideo/fitCaptions.js';
import { isLong } from '../../longVideo/isLong.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import {
  type AnswerHalf,
  type AnswersFrom,
  type ChatProgress,
  type DraftText,
  type FramePlan,
  phrase,
  type Segment,
  type SummarySource,
  type Timeline,
  type WorkStep,
} from '../../protocol/index.js';
import { resolveHalf } from '../resolveHalf.js';

export type ReaderProgress = ChatProgress | WorkStep | DraftText;

export interface ClipReaderOptions {
  slot: ModelSlot;
  /** The client's id. */
  client: string;
  video: LibraryVideo;
  /** What was asked for; left out: what suits the clip. */
  answersFrom?: AnswersFrom | 'events';
  /** Only this part is asked about, if not all. */
  part?: Segment;
  /** Frame plan instead of the model's own. */
  plan?: string;
  windowSeconds?: number;
  token: CancellationToken;
  translate: Translate;
  progress(value: ReaderProgress): void;
}

export interface Said {
  /** Empty where nobody can be asked, or nothing was said. */
  text: string;
  /** Frames that were looked at. */
  plan: FramePlan;
}

/** What is asked about. */
export interface AskedPart {
  /** Left out: the whole. */
  span?: Segment;
  /** Deltas of the answer, and a draft of it, go to the progress. */
  streams?: boolean;
  /** Of a long part, most windows that are captioned. */
  mostWindows?: number;
}

/** Of what a model reads about a long clip, what captions may take. */
const captionShare = 0.6;

/** One clip as one half of one model knows it. What it takes is made when it is first needed, and once. */
export class ClipReader {
  readonly lane: Lane;
  private making: Promise<Timeline> | undefined;
  private questions: ClipQuestions | undefined;
  private resolving: Promise<SummarySource> | undefined;

  constructor(
    private readonly engine: Engine,
    private readonly options: ClipReaderOptions,
  ) {
    this.lane = { client: options.client, chat: `reader-${randomUUID()}` };
  }

  /** Which half of the model tells of it. @throws InvalidParams for one that the model does not have */
  half(): Promise<SummarySource> {
    const { slot, client, video, answersFrom: asked, token, translate, progress } = this.options;
    this.resolving ??= resolveHalf(this.engine, { slot, client, video, asked, timeline: () => this.timeline(), token, translate, progress });
    return this.resolving;
  }

  get whole(): Segment {
    return { startSeconds: 0, endSeconds: this.options.video.opened.facts.durationSeconds };
  }

  /** What perception models notice in it; without them, its shots and how it moves. */
  timeline(): Promise<Timeline> {
    const { video, part, translate, token, progress } = this.options;
    this.making ??= makeTimeline(this.engine, video, this.lane, translate, token, progress, part);
    return this.making;
  }

  /** Asks about the clip or a part of it, from what its half knows. Deltas and steps go to the progress. */
  async ask(question: string, part: AskedPart = {}): Promise<Said> {
    const { span } = part;
    const { slot, video } = this.options;
    const half = await this.half();
    if (half === 'events') {
      return { text: '', plan: this.lookedAt(await this.timeline(), span) };
    }
    // A demonstration reads events, and has been taught nothing of captions.
    const readsThrough = isLong(video.opened.facts, span, this.engine.settings.longClipSeconds) && slot.manifest.abilities.includes('timeline') && !slot.manifest.demonstration;
    return half !== 'timeline' && !readsThrough ? this.show(question, half, part) : this.tell(question, half, part, readsThrough);
  }

  async dispose(): Promise<void> {
    await this.questions?.dispose();
  }

  /** Shows the model frames. */
  private async show(question: string, half: AnswerHalf, { span, streams = false }: AskedPart): Promise<Said> {
    const { slot, video, plan, token, translate, progress } = this.options;
    this.questions ??= new ClipQuestions(this.engine, slot, video, this.lane);
    const answer = await this.questions.ask({
      question,
      ...(span ? { span } : {}),
      ...(plan === undefined ? {} : { plan }),
      answersFrom: half,
      token,
      translate,
      progress: (value) => (streams || value.kind === 'stage' ? progress(value) : undefined),
    });
    return { text: answer.text.trim(), plan: answer.plan };
  }

  /** Has the model read what was noticed, and of long parts what was said of their windows. */
  private async tell(question: string, half: SummarySource, part: AskedPart, readsThrough: boolean): Promise<Said> {
    const { slot, token, progress } = this.options;
    const { span, streams = false } = part;
    const timeline = await this.timeline();
    const room = contextRoom(await textBudget(this.engine, slot, token), question);
    const answer = async (captions: readonly TimedText[], onText?: (delta: string) => void): Promise<string> => {
      const { text: context } = buildTimelineContext({ timeline, captions, ...(span ? { span } : {}), question, ...room });
      return (await completeText(this.engine, { slot, lane: this.lane, context, question, token, ...(onText ? { onText } : {}) })).text.trim();
    };
    const captions = readsThrough ? await this.readThrough(question, half, part, room, timeline, answer) : [];
    progress({ kind: 'stage', stage: 'generating' });
    const text = await answer(captions, streams ? (delta) => progress({ kind: 'delta', text: delta }) : undefined);
    return { text, plan: this.lookedAt(timeline, span) };
  }

  /** Captions of a long part's windows, made to fit; a draft is told after the first round of them. */
  private async readThrough(
    question: string,
    half: SummarySource,
    { span, streams = false, mostWindows }: AskedPart,
    room: ReturnType<typeof contextRoom>,
    timeline: Timeline,
    answer: (captions: readonly TimedText[]) => Promise<string>,
  ): Promise<TimedText[]> {
    const { slot, video, windowSeconds, plan, token, progress } = this.options;
    const budget = { ...room, maxTokens: Math.floor(room.maxTokens * captionShare) };
    const shared = { slot, lane: this.lane, timeline, half, token };
    const fit = (captions: readonly TimedText[]): Promise<TimedText[]> =>
      fitCaptions(this.engine, {
        ...shared,
        captions,
        question,
        budget,
        readableTokens: room.maxTokens,
        onPart: (done, total) => progress({ kind: 'step', what: 'condensing', done, total }),
      });
    // A part of a longer text needs no draft of its own.
    let drafted = !streams;
    const captions = await captionClip(this.engine, {
      ...shared,
      video,
      ...(span ? { span } : {}),
      ...(windowSeconds === undefined ? {} : { windowSeconds }),
      ...(plan === undefined ? {} : { plan }),
      ...(mostWindows === undefined ? {} : { mostWindows }),
      progress: async ({ done, asked, total, captions: known }) => {
        progress({ kind: 'step', what: 'captions', done, total });
        // What was captioned before comes at once.
        if (known && asked > 0 && !drafted && done < total) {
          drafted = true;
          progress({ kind: 'draft', text: await answer(await fit(known)), windows: done, total });
        }
      },
    });
    throwIfCancelled(token);
    return fit(captions);
  }

  /** Frames of a part that perception models looked at. */
  lookedAt({ frameSeconds }: Timeline, span: Segment | undefined): FramePlan {
    const part = span ?? this.whole;
    const seconds = frameSeconds.filter((time) => time >= part.startSeconds && time < part.endSeconds);
    const reason = this.options.translate(phrase`What perception models noticed in ${seconds.length} frames.`);
    return { spec: 'timeline', span: part, indices: [], seconds, reason };
  }
}
