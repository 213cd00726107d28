import path from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import { type LibraryVideo, VideoLibrary } from '../engine/videoLibrary.js';
import { canSee, framesOf } from '../models/manifest.js';
import type { AnswersFrom, EvaluationTask, Segment } from '../protocol/index.js';
import { askClip } from '../skills/askClip.js';
import { denseCaption } from '../skills/denseCaption/denseCaption.js';
import { locate } from '../skills/locate/locate.js';
import type { SkillHost } from '../skills/summarise/summarise.js';
import type { EvalItem } from './evalItem.js';
import { findClip } from './findClip.js';
import type { PredictionRecord } from './predictionFile.js';
import { choicePrompt } from './choicePrompt.js';
import type { ChoiceProtocol } from './score/choices.js';

const choiceFrames = 16;
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
  /** The last clip: its neighbours in a dataset are often about the same. */
  private open: { path: string; videoId: string } | undefined;

  constructor(
    private readonly host: SkillHost,
    private readonly options: PredictorOptions,
  ) {
    const { engine } = host;
    this.library = new VideoLibrary(engine.parts.video, engine.ffmpeg, engine.probes);
  }

  /** @throws what opening the clip and asking the model throws */
  async predict({ id, video: name, task }: EvalItem): Promise<PredictionRecord> {
    const video = await this.video(name);
    const { slot, answersFrom, token } = this.options;
    const context = { token, progress: () => undefined };
    const asked = { modelId: slot.manifest.id, ...(answersFrom === undefined ? {} : { answersFrom }) };
    switch (task.kind) {
      case 'choice': {
        const { question, primer } = choicePrompt(protocolOf(this.options.task), task.choice, video.opened.facts.durationSeconds);
        const answer = await this.ask(video, question, { primer, span: task.span, plan: this.choicePlan() });
        return { id, answer: answer.trim().split('\n')[0] ?? '' };
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

  private async video(name: string): Promise<LibraryVideo> {
    const { videos, token } = this.options;
    const file = await findClip(videos, name);
    if (this.open?.path !== file) {
      if (this.open) {
        this.library.close(this.open.videoId);
        this.open = undefined;
      }
      const { videoId } = await this.host.engine.probing.run({ client: this.host.client, chat: 'open' }, () => this.library.open(file, token), token);
      this.open = { path: file, videoId };
    }
    return this.library.get(this.open.videoId);
  }

  private choicePlan(): string | undefined {
    const { slot, plan } = this.options;
    const { manifest } = slot;
    return plan ?? (canSee(manifest) ? `videochat:${Math.min(choiceFrames, framesOf(manifest).most)}` : undefined);
  }

  private async ask(video: LibraryVideo, question: string, how: { primer?: string; span?: Segment | undefined; plan?: string | undefined }): Promise<string> {
    const { slot, answersFrom, token, plan = how.plan } = this.options;
    const { primer, span } = how;
    const { engine, client, translate } = this.host;
    const { text } = await askClip(engine, {
      ...{ slot, client, video, question, token, translate },
      ...(plan === undefined ? {} : { plan }),
      ...(span ? { span: within(span, video) } : {}),
      ...(answersFrom === undefined ? {} : { answersFrom }),
      ...(primer === undefined ? {} : { primer }),
      sampling: { temperature: 0, ...(primer === undefined ? {} : { maxTokens: choiceTokens }) },
    });
    return text.trim();
  }

  dispose(): void {
    if (this.open) {
      this.library.close(this.open.videoId);
      this.open = undefined;
    }
  }
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
