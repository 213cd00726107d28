import { cancellationSource } from '../../server/common/cancellation.js';
import { untilCancelled } from '../../server/common/untilCancelled.js';
import { withinTime } from '../../server/common/withinTime.js';
import {
  type AnswerEvidence,
  type AnswersFrom,
  type ChatAnswer,
  type ChatProgress,
  ChatSendRequest,
  ErrorCode,
  type FramePlan,
  type HostMessage,
  type ModelInfo,
  type PanelClipPlan,
  type PanelEvidence,
  type PanelProblem,
  type SamplingOptions,
} from '../../server/protocol/index.js';
import type { RunningServer, ServerController } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { type OpenClip, spanOf, type StoredTurn, toPanelTurn } from './conversation.js';
import { DeltaSender } from './deltaSender.js';
import { deviceName } from './deviceName.js';
import { planWithFrames } from './planWithFrames.js';
import { hasCode, isServerLost, problemOf } from './problems.js';
import type { ChatSubject, ServerChat } from './serverChat.js';

/** What answering a question needs from its conversation. */
export interface AnswerPorts {
  server: ServerController;
  chat: ServerChat;
  t: Translate;
  /** Opens what the question is about. @throws VideoChatError */
  subject(running: RunningServer): Promise<{ subject: ChatSubject; model: ModelInfo }>;
  sampling(): SamplingOptions;
  /** What answers are made from, now. */
  answersFrom(): AnswersFrom;
  post(message: HostMessage): void;
  save(): void;
  /** How long a stopped server may take to say so; default 1500 ms. */
  stopGraceMs?: number;
}

/** A request that ended the server this often is asked again by a person only. */
const mostCrashes = 2;

/** One question on its way to an answer, over the end of the server if need be. */
export class AnswerRun {
  /** Settles when the turn has its end state. Never rejects. */
  readonly done: Promise<void>;
  private readonly source = cancellationSource();
  private readonly deltas: DeltaSender;
  private modelName: string | undefined;
  /** What is asked about, once it is open. */
  private clips: readonly OpenClip[] = [];
  private stopping = false;
  private ended = false;
  private abandon: () => void = () => undefined;

  /**
   * @param turn what is asked; it is changed as the answer comes
   * @param before turns before it
   * @param frames frames to look at, where a number was chosen
   * @param previous what the turn was before it was asked again: it stands if nothing new is said
   */
  constructor(
    readonly turn: StoredTurn,
    private readonly before: readonly StoredTurn[],
    private readonly frames: number | undefined,
    private readonly previous: StoredTurn | undefined,
    private readonly ports: AnswerPorts,
  ) {
    this.deltas = new DeltaSender(turn, (message) => ports.post(message));
    this.done = this.run();
  }

  /** Brings the turn up to date with what has arrived; call before it is shown whole. */
  flush(): void {
    this.deltas.flush();
  }

  /** Stops the answer, and waits until it has stopped. A server that does not react is not waited for. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.source.cancel();
    if (!(await withinTime(this.done, this.ports.stopGraceMs ?? 1500))) {
      this.abandon();
      await this.done;
    }
  }

  private async run(): Promise<void> {
    const { chat } = this.ports;
    const abandoned = new Promise<'abandoned'>((resolve) => (this.abandon = () => resolve('abandoned')));
    let again = true;
    for (let restored = false; again; ) {
      again = false;
      try {
        const answer = await Promise.race([this.attempt(), abandoned]);
        if (answer === 'abandoned') {
          chat.close();
          this.finish('stopped');
        } else {
          this.complete(answer);
        }
      } catch (error) {
        this.deltas.flush();
        if (hasCode(error, ErrorCode.ChatUnknown) && !restored && !this.stopping) {
          chat.forget();
          again = restored = true;
        } else {
          again = this.failed(error);
        }
      }
    }
    this.ended = true;
    this.source.dispose();
  }

  private async attempt(): Promise<ChatAnswer> {
    const { turn, before, frames, ports } = this;
    const { token } = this.source;
    const running = await untilCancelled(ports.server.client(), token);
    const { subject, model } = await untilCancelled(ports.subject(running), token);
    this.modelName = model.name;
    this.clips = subject.clips;
    if (frames !== undefined) {
      turn.askedPlan = planWithFrames(model.plan, frames);
    }
    const { chatId, keepTurns } = await untilCancelled(ports.chat.prepare(running, subject, before), token);
    const { question: text, askedPlan: plan } = turn;
    return running.client.request(
      ChatSendRequest,
      { chatId, text, keepTurns, plan, ...spanOf(turn, subject.clips), sampling: ports.sampling(), answersFrom: ports.answersFrom() },
      { token, onProgress: (progress) => this.progress(progress) },
    );
  }

  private progress(progress: ChatProgress): void {
    const { turn, ports } = this;
    const { turnId } = turn;
    if (this.ended) {
      return;
    }
    if (progress.kind === 'delta') {
      turn.state = 'streaming';
      this.deltas.push(progress.text);
      ports.save();
      return;
    }
    this.deltas.flush();
    if (progress.kind === 'plan') {
      this.planned(progress.plan, progress.medium);
    } else {
      const { stage, done, total } = progress;
      ports.post({ type: 'stage', turnId, stage, done, total });
    }
  }

  /** Frames of one of the clips are known. */
  private planned(plan: FramePlan, medium = 0): void {
    const { turn, ports } = this;
    if (medium === 0) {
      delete turn.plans;
      turn.plan = plan;
    }
    if (this.clips.length > 1) {
      turn.plans = [...(turn.plans ?? []), ...this.plansOf([plan], medium)];
    }
    const { turnId, plan: first = plan, plans } = turn;
    ports.post({ type: 'plan', turnId, plan: first, ...(plans ? { plans } : {}) });
  }

  private plansOf(plans: readonly FramePlan[], from = 0): PanelClipPlan[] {
    return plans.flatMap((plan, index) => {
      const clip = this.clips[from + index];
      return clip ? [{ clipId: clip.clipId, name: clip.name, plan }] : [];
    });
  }

  private evidenceOf(evidence: readonly AnswerEvidence[]): PanelEvidence[] {
    return evidence.flatMap(({ medium = 0, ...event }) => {
      const clipId = this.clips[medium]?.clipId;
      return clipId === undefined ? [] : [{ ...event, clipId }];
    });
  }

  private complete(answer: ChatAnswer): void {
    const { turn, before, ports } = this;
    const { tokens, timings, stopReason, model, embeddingsCached, droppedTurns, plan, plans } = answer;
    this.deltas.flush();
    turn.answer = answer.text;
    turn.plan = plan;
    if (plans) {
      turn.plans = this.plansOf(plans);
    }
    if (answer.evidence) {
      turn.evidence = this.evidenceOf(answer.evidence);
    }
    const { from, fromReason } = answer;
    const made = { ...(from === undefined ? {} : { from }), ...(fromReason === undefined ? {} : { fromReason }) };
    turn.result = { ...made, tokens, timings, stopReason, model, embeddingsCached, droppedTurns, device: deviceName(model), ...(this.modelName === undefined ? {} : { modelName: this.modelName }) };
    delete turn.crashes;
    this.finish('complete');
    ports.chat.answered(before, turn);
  }

  /** @returns whether to ask once more */
  private failed(error: unknown): boolean {
    const { turn, before, ports } = this;
    const { chat } = ports;
    if (!this.stopping && isServerLost(error)) {
      chat.forget();
      turn.crashes = (turn.crashes ?? 0) + 1;
      ports.save();
      if (turn.answer === '' && turn.crashes < mostCrashes) {
        turn.problem = { message: ports.t('The server ended before it answered. The question is asked once more.') };
        ports.post({ type: 'turn', turn: toPanelTurn(turn), busy: true });
        return true;
      }
      this.finish('interrupted', this.crashProblem(turn.crashes));
      return false;
    }
    if (this.stopping) {
      this.finish('stopped');
    } else if (hasCode(error, ErrorCode.RequestCancelled)) {
      // By the server itself, which is being shut down.
      this.finish('interrupted', problemOf(error, ports.t));
    } else {
      this.finish('failed', problemOf(error, ports.t));
    }
    if (this.kept) {
      chat.answered(before, turn);
    } else {
      chat.unanswered(before);
    }
    return false;
  }

  /** What was said is part of the conversation from now on. */
  private get kept(): boolean {
    return this.turn.answer !== '' && this.turn.answer !== this.previous?.answer;
  }

  private finish(state: StoredTurn['state'], problem?: PanelProblem): void {
    const { turn, previous } = this;
    delete turn.problem;
    if (turn.answer === '' && previous && previous.answer !== '') {
      const { crashes } = turn;
      Object.assign(turn, previous, crashes === undefined ? {} : { crashes });
    } else {
      turn.state = state;
    }
    if (problem) {
      turn.problem = problem;
    }
    delete turn.nextSequence;
    this.ended = true;
  }

  private crashProblem(crashes: number): PanelProblem {
    const { t } = this.ports;
    if (crashes < mostCrashes) {
      return {
        message: t('The server ended in the middle of this answer.'),
        hint: t('What it had said is kept. Ask again to have the whole answer.'),
        actions: ['retry', 'showLog'],
      };
    }
    return {
      message: t('The server ended {0} times while it answered this question.', crashes),
      hint: t('It is not asked again by itself. The log says what happened; without the graphics card it may work.'),
      actions: ['retry', 'useCpuOnly', 'showLog'],
    };
  }
}
