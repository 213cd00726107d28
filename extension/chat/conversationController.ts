import { randomUUID } from 'node:crypto';
import type { Disposable } from '../../server/common/dispose.js';
import {
  ErrorCode,
  type HostMessage,
  type ModelInfo,
  type PanelProblem,
  type PanelState,
  type PlayerAbilities,
  type Segment,
  VideoChatError,
} from '../../server/protocol/index.js';
import { modelFor } from '../models/modelFor.js';
import type { RunningServer, ServerController } from '../server/serverController.js';
import type { SettingValues } from '../settings/settingValues.js';
import type { Translate } from '../translate.js';
import { AnswerRun } from './answerRun.js';
import { ClipSession } from './clipSession.js';
import { type Conversation, createClip, type StoredClip, type StoredTurn, toPanelTurn } from './conversation.js';
import { panelServer, suggestionsFor } from './panelParts.js';
import type { ChatSubject } from './serverChat.js';
import { ServerChat } from './serverChat.js';

/** What one conversation needs from the editor. */
export interface ControllerPorts {
  server: ServerController;
  t: Translate;
  values(): Pick<SettingValues, 'model' | 'framesPerClip' | 'sampling' | 'maxProxyHeight'>;
  /** To the page, if one listens. What does not arrive is in the next state. */
  post(message: HostMessage): void;
  save(conversation: Conversation): void;
  mapUrl(url: string): Promise<string>;
  /** Title or busyness have changed. */
  changed?(): void;
  stopGraceMs?: number;
}

/**
 * The life of one conversation: its clip, its chat on the server, its answers. It outlives servers: whatever a server
 * knew is made anew from what is kept here. Every method that a person can reach answers with a problem or nothing.
 */
export class ConversationController implements Disposable {
  private readonly chat = new ServerChat();
  private readonly clips: ClipSession[];
  private readonly listening: Disposable;
  private model: ModelInfo | undefined;
  private abilities: PlayerAbilities | undefined;
  private run: AnswerRun | undefined;
  private connecting: Promise<void> | undefined;
  /** The page has been there: clips are kept open for it. */
  private attached = false;
  private disposed = false;

  constructor(
    readonly conversation: Conversation,
    private readonly ports: ControllerPorts,
  ) {
    this.clips = conversation.clips.map((clip) => this.createSession(clip));
    this.listening = ports.server.onDidChangeState(() => this.serverChanged());
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
      clips: this.clips.map((clip) => clip.view()),
      turns: turns.map(toPanelTurn),
      ...(model ? { model: { id: model.id, name: model.name, demonstration: model.demonstration, plan: model.plan } } : {}),
      server: panelServer(ports.server.state),
      busy: this.busy,
      frames: frames ?? ports.values().framesPerClip,
      sampling,
      suggestions: turns.length === 0 ? suggestionsFor(model, ports.t) : [],
    };
  }

  /** A page listens now, and has missed everything so far. */
  ready(abilities: PlayerAbilities): void {
    this.abilities = abilities;
    this.attached = true;
    this.postState();
    void this.connect();
  }

  send(text: string, span?: Segment, frames?: number): PanelProblem | undefined {
    const problem = this.cannotAsk(text);
    if (problem) {
      return problem;
    }
    const { turns } = this.conversation;
    const turn: StoredTurn = { turnId: `turn-${randomUUID()}`, question: text.trim(), answer: '', state: 'waiting', ...(span ? { span } : {}) };
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
    this.answer(restart(turn), undefined, previous);
    return undefined;
  }

  /** Asks a question of before in other words; that turn and those behind it go. */
  editAndResend(turnId: string, text: string, span?: Segment, frames?: number): PanelProblem | undefined {
    const { turns } = this.conversation;
    const index = turns.findIndex((turn) => turn.turnId === turnId);
    const problem = index < 0 ? { message: this.ports.t('This question is not there any more.') } : this.cannotAsk(text);
    if (problem) {
      return problem;
    }
    turns.splice(index);
    const sent = this.send(text, span, frames);
    this.postState();
    return sent;
  }

  rate(turnId: string, value: 'up' | 'down' | null, note?: string): PanelProblem | undefined {
    const turn = this.conversation.turns.find((candidate) => candidate.turnId === turnId);
    if (!turn) {
      return { message: this.ports.t('This answer is not there any more.') };
    }
    if (value === null) {
      delete turn.rating;
    } else {
      turn.rating = { value, ...(note?.trim() ? { note: note.trim() } : {}) };
    }
    this.save();
    this.postTurn(turn);
    return undefined;
  }

  setFrames(frames: number | null): void {
    this.conversation.frames = frames ?? undefined;
    this.save();
    this.postState();
  }

  /** A conversation is about one clip, as today's models look at one. */
  addClip(path: string): PanelProblem | undefined {
    const { conversation, model } = this;
    const { t } = this.ports;
    if (conversation.clips.length > 0) {
      return {
        message: model ? t('{0} looks at one clip in a conversation.', model.name) : t('A conversation is about one clip.'),
        hint: t('Remove the clip first, or ask about this one in a new conversation.'),
        actions: ['newConversation'],
      };
    }
    const clip = createClip(path);
    if (conversation.turns.length === 0) {
      conversation.title = clip.name;
    }
    conversation.clips.push(clip);
    this.clips.push(this.createSession(clip));
    this.save();
    this.postState();
    void this.connect();
    return undefined;
  }

  async removeClip(clipId: string): Promise<void> {
    await this.stop();
    const index = this.clips.findIndex(({ stored }) => stored.clipId === clipId);
    if (index >= 0) {
      this.clips.splice(index, 1).forEach((clip) => clip.dispose());
      this.conversation.clips.splice(index, 1);
      this.chat.close();
      this.save();
    }
    this.postState();
  }

  /** The file of a clip lies elsewhere now. */
  async locate(path: string): Promise<void> {
    const stored = this.conversation.clips[0];
    if (!stored) {
      return;
    }
    await this.stop();
    const { name } = createClip(path);
    Object.assign(stored, { path, name });
    this.clips.splice(0, 1, this.createSession(stored)).forEach((clip) => clip.dispose());
    this.save();
    this.postState();
    await this.connect();
  }

  async playbackFailed(clipId: string, reason: 'error' | 'noPicture' | 'silent' | 'slow'): Promise<void> {
    const clip = this.clips.find(({ stored }) => stored.clipId === clipId);
    const running = this.ports.server.running();
    if (clip && running) {
      await clip.failed(running, this.abilities, reason);
    }
  }

  /** Tries again whatever did not work: the server, the clip, the last answer. */
  async retry(): Promise<PanelProblem | undefined> {
    const { server } = this.ports;
    if (server.state.state === 'failed') {
      await server.restart();
    }
    this.clips.filter((clip) => clip.view().problem ?? clip.view().unplayable).forEach((clip) => clip.retry());
    await this.connect();
    const last = this.conversation.turns.at(-1);
    return last?.problem?.actions?.includes('retry') && !this.busy ? this.regenerate() : undefined;
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
    this.clips.forEach((clip) => clip.dispose());
  }

  private createSession(stored: StoredClip): ClipSession {
    const { ports } = this;
    const clip: ClipSession = new ClipSession(stored, {
      t: ports.t,
      changed: () => !this.disposed && ports.post({ type: 'clip', clip: clip.view() }),
      save: () => !this.disposed && this.save(),
      progress: (fraction) => ports.post({ type: 'mediaProgress', clipId: stored.clipId, fraction }),
      mapUrl: (url) => ports.mapUrl(url),
      maxHeight: () => ports.values().maxProxyHeight,
    });
    return clip;
  }

  private cannotAsk(text: string): PanelProblem | undefined {
    const { t } = this.ports;
    if (this.run) {
      return { message: t('An answer is being made. Stop it before you ask again.') };
    }
    if (this.clips.length === 0) {
      return { message: t('Add a clip first: a question needs something to look at.'), actions: ['addClip'] };
    }
    return text.trim() === '' ? { message: t('The question is empty.') } : undefined;
  }

  private answer(turn: StoredTurn, frames: number | undefined, previous?: StoredTurn): void {
    const { conversation, ports } = this;
    const { turns } = conversation;
    const before = turns.slice(0, turns.indexOf(turn));
    const chosen = previous ? undefined : (frames ?? conversation.frames ?? ports.values().framesPerClip);
    const run = new AnswerRun(turn, before, chosen, previous, {
      server: ports.server,
      chat: this.chat,
      t: ports.t,
      subject: (running) => this.openSubject(running),
      sampling: () => ({ ...ports.values().sampling, ...conversation.sampling }),
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
    const { conversation, ports } = this;
    const clip = this.clips[0];
    if (!clip) {
      throw new VideoChatError(ErrorCode.VideoUnknown, ports.t('The clip was removed.'));
    }
    const model = await this.loadModel(running);
    const { videoId, facts } = await clip.open(running, model);
    void clip.openMedia(running, this.abilities);
    const { path, contentHash, name } = clip.stored;
    if (contentHash !== facts.contentHash) {
      throw new VideoChatError(ErrorCode.VideoUnknown, ports.t('{0} has changed on disk since this conversation began.', name), {
        hint: ports.t('Retry to go on with the file as it is now.'),
      });
    }
    return { subject: { conversationId: conversation.id, videoId, path, modelId: model.id }, model };
  }

  private async loadModel(running: RunningServer): Promise<ModelInfo> {
    const { t, values } = this.ports;
    const before = this.model;
    try {
      this.model = await modelFor(running.client, values().model, t);
      return this.model;
    } catch (error) {
      this.model = undefined;
      throw error;
    } finally {
      if (before?.id !== this.model?.id) {
        this.postState();
      }
    }
  }

  /** Starts the server if need be, and opens what the page shows. What fails is shown where it failed. */
  private connect(): Promise<void> {
    this.connecting ??= this.openAll().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async openAll(): Promise<void> {
    try {
      const running = await this.ports.server.client();
      const model = await this.loadModel(running).catch(() => undefined);
      for (const clip of this.clips.filter(({ isDangerous }) => !isDangerous)) {
        await clip.open(running, model);
        // A proxy may take minutes: nobody waits for it.
        void clip.openMedia(running, this.abilities);
      }
    } catch {
      // Shown as the clip's problem, or as the server's.
    }
  }

  private serverChanged(): void {
    const { server, post } = this.ports;
    const { state } = server.state;
    post({ type: 'server', server: panelServer(server.state) });
    if (state === 'restarting' || state === 'failed' || state === 'stopped') {
      this.chat.forget();
      this.clips.forEach((clip) => clip.serverGone());
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

  private postTurn(turn: StoredTurn): void {
    this.run?.flush();
    this.ports.post({ type: 'turn', turn: toPanelTurn(turn), busy: this.busy });
  }
}

/** Empties a turn so that it can be answered again. */
function restart(turn: StoredTurn): StoredTurn {
  delete turn.problem;
  delete turn.result;
  delete turn.rating;
  delete turn.plan;
  delete turn.nextSequence;
  return Object.assign(turn, { answer: '', state: 'waiting' as const });
}
