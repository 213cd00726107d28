import path from 'node:path';
import type { ClipQuestion } from '../chat/clipQuestions.js';
import type { CancellationToken } from '../common/cancellation.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import { type LibraryVideo, VideoLibrary } from '../engine/videoLibrary.js';
import type { AnswersFrom, EvaluationTask, Segment } from '../protocol/index.js';
import { askClip } from '../skills/askClip.js';
import { denseCaption } from '../skills/denseCaption/denseCaption.js';
import { locate } from '../skills/locate/locate.js';
import type { SkillHost } from '../skills/summarise/summarise.js';
import type { EvalItem } from './evalItem.js';
import { findClip } from './findClip.js';
import type { PredictionRecord } from './predictionFile.js';
import { choicePlan } from './choicePlan.js';
import { choicePrompt } from './choicePrompt.js';
import { type ChoiceProtocol, letters } from './score/choices.js';

const choiceTokens = 100;

export interface PredictorOptions {
  task: EvaluationTask;
  slot: ModelSlot;
  /** Where the clips are. */
  videos: string;
  answersFrom?: AnswersFrom;
  plan?: string;
  token: CancellationToken;
}

/** Asks a model about the items of a dataset, each as if nothing had been said before. */
export class Predictor {
  private readonly library: VideoLibrary;
  /** Clips that are asked about, and the last one: its neighbours in a dataset are often about the same. */
  private readonly open = new Map<string, { users: number; opening: Promise<string> }>();

  constructor(
    private readonly host: SkillHost,
    private readonly options: PredictorOptions,
  ) {
    const { engine } = host;
    this.library = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  }

  /** @throws what opening the clip and asking the model throws */
  async predict(item: EvalItem): Promise<PredictionRecord> {
    const path = await findClip(this.options.videos, item.video);
    const clip = this.take(path);
    try {
      return await this.predictOf(this.library.get(await clip.opening), item);
    } finally {
      clip.users--;
    }
  }

  private async predictOf(video: LibraryVideo, { id, task }: EvalItem): Promise<PredictionRecord> {
    const { slot, answersFrom, token } = this.options;
    const context = { token, progress: () => undefined };
    const asked = { modelId: slot.manifest.id, ...(answersFrom === undefined ? {} : { answersFrom }) };
    switch (task.kind) {
      case 'choice': {
        const { question, primer } = choicePrompt(protocolOf(this.options.task), task.choice, video.opened.facts.durationSeconds);
        let likely: readonly number[] | undefined;
        const choice = { letters: [...letters.slice(0, task.choice.options.length)], onLogProbs: (values: readonly number[]) => void (likely = values) };
        const answer = await this.ask(video, question, { primer, span: task.span, plan: this.options.plan ?? choicePlan(this.options.slot.manifest), choice });
        const said = answer.trim().split('\n')[0] ?? '';
        return likely ? { id, choice: indexOfLargest(likely), said, logProbs: likely.map((value) => (Number.isFinite(value) ? value : null)) } : { id, answer: said };
      }
      case 'open': {
        const answer = await this.ask(video, task.question, {});
        return { id, answer, ...(task.secondQuestion === undefined ? {} : { secondAnswer: await this.ask(video, task.secondQuestion, {}) }) };
      }
      case 'grounding': {
        const { spans } = await locate(this.host, video, { query: task.query, ...asked }, context);
        return { id, spans: spans.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]) };
      }
      case 'dense': {
        const { captions } = await denseCaption(this.host, video, asked, context);
        return { id, captions: captions.map(({ startSeconds, endSeconds, text }) => ({ sentence: text, timestamp: [startSeconds, endSeconds] })) };
      }
    }
  }

  /** Opens a clip once for all that ask about it now; closes those that nobody asks about any more. */
  private take(path: string): { users: number; opening: Promise<string> } {
    const known = this.open.get(path);
    const clip = known ?? { users: 0, opening: this.openClip(path) };
    clip.users++;
    this.open.set(path, clip);
    for (const [other, { users, opening }] of this.open) {
      if (users === 0) {
        this.open.delete(other);
        this.close(opening);
      }
    }
    return clip;
  }

  private async openClip(path: string): Promise<string> {
    const { token } = this.options;
    const { engine, client } = this.host;
    try {
      return (await engine.probing.run({ client, chat: 'open' }, () => this.library.open(path, token), token)).videoId;
    } catch (error) {
      // The next one that asks tries again.
      this.open.delete(path);
      throw error;
    }
  }

  private close(opening: Promise<string>): void {
    opening.then((videoId) => this.library.close(videoId)).catch(() => undefined);
  }

  private async ask(video: LibraryVideo, question: string, how: { primer?: string; span?: Segment | undefined; plan?: string | undefined; choice?: ClipQuestion['choice'] }): Promise<string> {
    const { slot, answersFrom, token, plan = how.plan } = this.options;
    const { primer, span, choice } = how;
    const { engine, client, translate } = this.host;
    const { text } = await askClip(engine, {
      ...{ slot, client, video, question, token, translate },
      ...(plan === undefined ? {} : { plan }),
      ...(span ? { span: within(span, video) } : {}),
      ...(answersFrom === undefined ? {} : { answersFrom }),
      ...(primer === undefined ? {} : { primer }),
      ...(choice ? { choice } : {}),
      sampling: { temperature: 0, ...(primer === undefined ? {} : { maxTokens: choiceTokens }) },
    });
    return text.trim();
  }

  dispose(): void {
    for (const { opening } of this.open.values()) {
      this.close(opening);
    }
    this.open.clear();
  }
}

function indexOfLargest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

function protocolOf(task: EvaluationTask): ChoiceProtocol {
  return task === 'egoschema' || task === 'nextqa' ? task : 'mvbench';
}

/** Datasets have spans that end behind the clip. */
function within({ startSeconds, endSeconds }: Segment, video: LibraryVideo): Segment {
  const { durationSeconds } = video.opened.facts;
  return { startSeconds, endSeconds: Math.max(startSeconds + 0.001, Math.min(endSeconds, durationSeconds)) };
}

/** Where the clips are, where nobody says. */
export function besideData(data: readonly string[]): string {
  return path.dirname(data[0] ?? '.');
}
