import { randomUUID } from 'node:crypto';
import type { Disposable } from '../../server/common/dispose.js';
import type { AnswersFrom, HostMessage, ModelInfo, PanelProblem, PanelState, PlayerAbilities, Segment } from '../../server/protocol/index.js';
import type { RunningServer, ServerController } from '../server/serverController.js';
import type { SettingValues } from '../settings/settingValues.js';
import type { Translate } from '../translate.js';
import { AnswerRun } from './answerRun.js';
import { ChosenModel, rememberedModel } from './chosenModel.js';
import { type Conversation, emptyTurn, type StoredTurn, toPanelTurn } from './conversation.js';
import { ConversationChoices } from './conversationChoices.js';
import { ConversationClips } from './conversationClips.js';
import { ServerAccess } from './serverAccess.js';
import { type ChatSubject, ServerChat } from './serverChat.js';
import { type FirstSubject, SuggestedQuestions } from './suggestedQuestions.js';

/** What one conversation needs from the editor. */
export interface ControllerPorts {
  server: ServerController;
  t: Translate;
  values(): Pick<SettingValues, 'model' | 'framesPerClip' | 'answersFrom' | 'sampling' | 'maxProxyHeight'>;
  /** To the page, if one listens. What does not arrive is in the next state. */
  post(message: HostMessage): void;
  save(conversation: Conversation): void;
  mapUrl(url: string): Promise<string>;
  /** Title or busyness have changed. */
  changed?(): void;
  stopGraceMs?: number;
}

/** What a question looks at, where a person has said so. */
export interface AskedFrames {
  span?: Segment;
  /** The clip that the span is of. */
  clipId?: string;
  frames?: number;
}

/**
 * The life of one conversation: its clips, its chat on the server, its answers. It outlives servers: whatever a server
 * knew is made anew from what is kept here. Every method that a person can reach answers with a problem or nothing.
 */
export class ConversationController implements Disposable {
  private readonly chat = new ServerChat();
  readonly clips: ConversationClips;
  readonly choices: ConversationChoices;
  private readonly listening: Disposable;
  private readonly model: ChosenModel;
  private readonly server: ServerAccess;
  private readonly suggested: SuggestedQuestions;
  private run: AnswerRun | undefined;
  private connecting: Promise<void> | undefined;
  private stale = false;
  /** The page has been there: clips are kept open for it. */
  private attached = false;
  private disposed = false;

  constructor(
    readonly conversation: Conversation,
    private readonly ports: ControllerPorts,
  ) {
    this.clips = new ConversationClips(conversation, {
      t: ports.t,
      save: () => !this.disposed && this.save(),
      post: (message) => !this.disposed && ports.post(message),
      mapUrl: (url) => ports.mapUrl(url),
      maxHeight: () => ports.values().maxProxyHeight,
      client: () => this.server.client(),
    });
    this.choices = new ConversationChoices(conversation, {
      t: ports.t,
      save: () => this.save(),
      postState: () => this.postState(),
      postTurn: (turn) => this.postTurn(turn),
    });
    this.model = new ChosenModel(ports, () => this.postState(), rememberedModel(conversation.turns));
    this.suggested = new SuggestedQuestions(ports.t, () => this.postState());
    this.server = new ServerAccess(ports, () => this.postServer());
    this.listening = ports.server.onDidChangeState(() => this.serverChanged());
  }

  /** As chosen for this conversation, else in the settings. */
  private get answersFrom(): AnswersFrom {
    return this.conversation.answersFrom ?? this.ports.values().answersFrom;
  }

  private get firstSubject(): FirstSubject {
    return { model: this.model.current, clips: this.clips.view(), answersFrom: this.answersFrom };
  }

  get busy(): boolean {
    return this.run !== undefined;
  }

  state(): PanelState {
    this.run?.flush();
    const { conversation, model, ports } = this;
    const { id, title, turns, frames, sampling } = conversation;
    return {
      conversationId: id,
      title,
      clips: this.clips.view(),
      turns: turns.map(toPanelTurn),
      ...(model.view() ? { model: model.view() } : {}),
      server: this.server.view(),
      busy: this.busy,
      frames: frames ?? ports.values().framesPerClip,
      answersFrom: this.answersFrom,
      sampling,
      timelines: this.clips.timelineViews(),
      suggestions: turns.length === 0 ? this.suggested.list(this.firstSubject) : [],
    };
  }

  /** A page listens now, and has missed everything so far. */
  ready(abilities: PlayerAbilities): void {
    this.clips.abilities = abilities;
    this.attached = true;
    this.postState();
    void this.connect();
  }

  send(text: string, { span, clipId, frames }: AskedFrames = {}): PanelProblem | undefined {
    const problem = this.cannotAsk(text);
    if (problem) {
      return problem;
    }
    const { turns } = this.conversation;
    const asked = { turnId: `turn-${randomUUID()}`, question: text.trim(), ...(span ? { span, ...this.clips.spanClip(clipId) } : {}) };
    const turn: StoredTurn = { ...asked, answer: '', state: 'waiting' };
    turns.push(turn);
    this.answer(turn, frames);
    return undefined;
  }

  async stop(): Promise<void> {
    await this.run?.stop();
  }

  /** Asks the last question again. */
  regenerate(): PanelProblem | undefined {
    const turn = this.conversation.turns.at(-1);
    if (!turn) {
      return { message: this.ports.t('There is no question to ask again.') };
    }
    const problem = this.cannotAsk(turn.question);
    if (problem) {
      return problem;
    }
    const previous = { ...turn };
    this.answer(emptyTurn(turn), undefined, previous);
    return undefined;
  }

  /** Asks a question of before in other words; that turn and those behind it go. */
  editAndResend(turnId: string, text: string, asked: AskedFrames = {}): PanelProblem | undefined {
    const { turns } = this.conversation;
    const index = turns.findIndex((turn) => turn.turnId === turnId);
    const problem = index < 0 ? { message: this.ports.t('This question is not there any more.') } : this.cannotAsk(text);
    if (problem) {
      return problem;
    }
    turns.splice(index);
    const sent = this.send(text, asked);
    this.postState();
    return sent;
  }

  /** As many as the model looks at together. */
  addClip(path: string): PanelProblem | undefined {
    const problem = this.clips.add(path, this.model.current);
    if (!problem) {
      this.clipsChanged();
    }
    return problem;
  }

  async removeClip(clipId: string): Promise<void> {
    await this.stop();
    if (this.clips.remove(clipId)) {
      this.chat.close();
      this.clipsChanged();
    }
  }

  /** The file of the clip lies elsewhere now. */
  async locate(path: string): Promise<void> {
    await this.stop();
    if (this.clips.relocate(path)) {
      this.clipsChanged();
      await this.connect();
    }
  }

  async playbackFailed(clipId: string, reason: 'error' | 'noPicture' | 'silent' | 'slow'): Promise<void> {
    const running = this.ports.server.running();
    if (running) {
      await this.clips.playbackFailed(clipId, reason, running);
    }
  }

  /** Tries again whatever did not work: the server, the clip, the last answer. */
  async retry(): Promise<PanelProblem | undefined> {
    const { server } = this.ports;
    if (server.state.state === 'failed') {
      await server.restart();
    }
    this.clips.retry();
    await this.connect();
    const last = this.conversation.turns.at(-1);
    return last?.problem?.actions?.includes('retry') && !this.busy ? this.regenerate() : undefined;
  }

  /** The workspace is trusted now: what was not started before is. */
  async trusted(): Promise<void> {
    if (this.attached) {
      await this.connect();
    }
  }

  /** Settings that matter here have changed. */
  settingsChanged(): void {
    this.postState();
    if (this.attached && this.ports.server.running()) {
      void this.connect();
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.listening.dispose();
    await this.stop();
    this.chat.close();
    this.clips.dispose();
  }

  private clipsChanged(): void {
    this.save();
    this.postState();
    void this.connect();
  }

  private cannotAsk(text: string): PanelProblem | undefined {
    const { t } = this.ports;
    if (this.run) {
      return { message: t('An answer is being made. Stop it before you ask again.') };
    }
    if (this.clips.isEmpty) {
      return { message: t('Add a clip first: a question needs something to look at.'), actions: ['addClip'] };
    }
    return text.trim() === '' ? { message: t('The question is empty.') } : undefined;
  }

  private answer(turn: StoredTurn, frames: number | undefined, previous?: StoredTurn): void {
    const { conversation, ports } = this;
    const { turns } = conversation;
    const before = turns.slice(0, turns.indexOf(turn));
    this.clips.shownBefore(before.length);
    const chosen = previous ? undefined : (frames ?? conversation.frames ?? ports.values().framesPerClip);
    const run = new AnswerRun(turn, before, chosen, previous, {
      server: ports.server,
      chat: this.chat,
      t: ports.t,
      subject: (running) => this.openSubject(running),
      sampling: () => ({ ...ports.values().sampling, ...conversation.sampling }),
      answersFrom: () => this.answersFrom,
      post: (message) => ports.post(message),
      save: () => this.save(),
      stopGraceMs: ports.stopGraceMs,
    });
    this.run = run;
    this.save();
    this.postTurn(turn);
    ports.changed?.();
    void run.done.then(() => {
      this.run = undefined;
      conversation.modelId = turn.result?.model.id ?? conversation.modelId;
      this.save();
      this.postTurn(turn);
      ports.changed?.();
    });
  }

  /** The file as it is now, and the model that is chosen now. */
  private async openSubject(running: RunningServer): Promise<{ subject: ChatSubject; model: ModelInfo }> {
    const model = await this.model.load(running);
    const clips = await this.clips.subject(running, model);
    return { subject: { conversationId: this.conversation.id, clips, modelId: model.id }, model };
  }

  /** Starts the server if need be, and opens what the page shows. What fails is shown where it failed. */
  private connect(): Promise<void> {
    this.stale = true;
    this.connecting ??= this.openWhileStale().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  /** What changed while it was opened is opened, too. */
  private async openWhileStale(): Promise<void> {
    while (this.stale && !this.disposed) {
      this.stale = false;
      await this.openAll();
    }
  }

  private async openAll(): Promise<void> {
    try {
      const running = await this.server.client();
      const model = await this.model.load(running).catch(() => undefined);
      await this.clips.open(running, model);
      if (this.conversation.turns.length === 0) {
        // Other questions are suggested for a picture, and where a timeline answers.
        this.postState();
        void this.suggested.foresee(running, this.firstSubject, this.clips.videoIds(running));
      }
    } catch {
      // Shown as the clip's problem, or as the server's.
    }
  }

  private serverChanged(): void {
    const { state } = this.ports.server.state;
    this.postServer();
    if (state === 'restarting' || state === 'failed' || state === 'stopped') {
      this.chat.forget();
      this.clips.serverGone();
    } else if (state === 'ready' && this.attached) {
      void this.connect();
    }
  }

  private save(): void {
    this.conversation.updated = new Date().toISOString();
    this.ports.save(this.conversation);
  }

  private postState(): void {
    if (!this.disposed) {
      this.ports.post({ type: 'state', state: this.state() });
    }
  }

  private postServer(): void {
    this.ports.post({ type: 'server', server: this.server.view() });
  }

  private postTurn(turn: StoredTurn): void {
    this.run?.flush();
    this.ports.post({ type: 'turn', turn: toPanelTurn(turn), busy: this.busy });
  }
}
