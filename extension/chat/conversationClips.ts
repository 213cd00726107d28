import {
  ErrorCode,
  type HostMessage,
  mediaRefusal,
  type ModelInfo,
  oneMedium,
  type PanelClip,
  type PanelProblem,
  type PanelState,
  type PlayerAbilities,
  VideoChatError,
} from '../../server/protocol/index.js';
import { looksLikePicture } from '../files/videoFiles.js';
import type { RunningServer } from '../server/serverController.js';
import { type ClipPorts, ClipSession } from './clipSession.js';
import { ClipTimeline } from './clipTimeline.js';
import { type Conversation, createClip, type OpenClip, type StoredClip } from './conversation.js';

export interface ClipsPorts extends Pick<ClipPorts, 'mapUrl' | 'maxHeight' | 'save' | 't'> {
  post(message: Extract<HostMessage, { type: 'clip' | 'mediaProgress' | 'timeline' }>): void;
  /** The server, started if need be. @throws VideoChatError */
  client(): Promise<RunningServer>;
}

/** The clips of a conversation, as they are kept and as they are open. */
export class ConversationClips {
  private readonly sessions: ClipSession[];
  private readonly timelines = new Map<string, ClipTimeline>();
  /** What the page's player can do, once it has said so. */
  abilities: PlayerAbilities | undefined;

  constructor(
    private readonly conversation: Conversation,
    private readonly ports: ClipsPorts,
  ) {
    this.sessions = conversation.clips.map((clip) => this.createSession(clip));
  }

  get isEmpty(): boolean {
    return this.sessions.length === 0;
  }

  view(): PanelClip[] {
    return this.sessions.map((session) => session.view());
  }

  /** What the server knows those by that are open there. */
  videoIds(running: RunningServer): string[] {
    return this.sessions.flatMap((session) => session.videoId(running) ?? []);
  }

  timeline(clipId: string): ClipTimeline | undefined {
    return this.timelines.get(clipId);
  }

  timelineViews(): NonNullable<PanelState['timelines']> {
    return this.sessions.flatMap(({ stored: { clipId } }) => {
      const timeline = this.timelines.get(clipId)?.view();
      return timeline ? [{ clipId, timeline }] : [];
    });
  }

  /** Looks for events in a clip; whatever comes of it is told of the clip's timeline. */
  lookThrough(clipId: string): PanelProblem | undefined {
    const timeline = this.timelines.get(clipId);
    void timeline?.start();
    return timeline ? undefined : { message: this.ports.t('This clip is not in the conversation any more.') };
  }

  add(path: string, model: ModelInfo | undefined): PanelProblem | undefined {
    const { conversation } = this;
    const { turns, clips } = conversation;
    const refusal = this.refusal(path, model);
    if (refusal) {
      return refusal;
    }
    const clip = { ...createClip(path), ...(turns.length > 0 && clips.length > 0 ? { fromTurn: turns.length } : {}) };
    if (turns.length === 0 && clips.length === 0) {
      conversation.title = clip.name;
    }
    conversation.clips.push(clip);
    this.sessions.push(this.createSession(clip));
    return undefined;
  }

  /** Why a clip finds no place beside those that are there. What nobody has opened yet is judged by its name. */
  private refusal(path: string, model: ModelInfo | undefined): PanelProblem | undefined {
    const { conversation, sessions, ports } = this;
    const { t } = ports;
    if (conversation.clips.some((clip) => clip.path === path)) {
      return { message: t('{0} is in this conversation already.', createClip(path).name) };
    }
    const kinds = sessions.map((session) => session.view().facts?.kind ?? kindByName(session.stored.path));
    // A picture alone is refused by the clip itself, with what to do about it.
    const refused = this.isEmpty ? undefined : mediaRefusal([...kinds, kindByName(path)], model?.media ?? oneMedium);
    if (!refused) {
      return undefined;
    }
    const { reason, limit } = refused;
    if (!model) {
      return this.full(t('A conversation is about one clip.'), 1);
    }
    const { name } = model;
    if (limit === 0) {
      return { message: t('The model {0} looks at videos only, not at pictures.', name), actions: ['chooseModel'] };
    }
    const one = {
      media: t('{0} looks at one clip in a conversation.', name),
      videos: t('{0} looks at one video in a conversation.', name),
      images: t('{0} looks at one picture in a conversation.', name),
    };
    const several = {
      media: t('{0} looks at {1} clips and pictures in a conversation.', name, limit),
      videos: t('{0} looks at {1} videos in a conversation.', name, limit),
      images: t('{0} looks at {1} pictures in a conversation.', name, limit),
    };
    return this.full((limit === 1 ? one : several)[reason], limit);
  }

  private full(message: string, limit: number): PanelProblem {
    const { t } = this.ports;
    const hint = limit === 1 ? t('Remove the clip first, or ask about this one in a new conversation.') : t('Remove a clip first, or ask about this one in a new conversation.');
    return { message, hint, actions: ['newConversation'] };
  }

  /** The clip that a span is of, where there are several; it is kept with the question. */
  spanClip(clipId: string | undefined): { spanClipId?: string } {
    const isNamed = this.sessions.length > 1 && this.sessions.some(({ stored }) => stored.clipId === clipId);
    return isNamed && clipId !== undefined ? { spanClipId: clipId } : {};
  }

  /** A question is asked after so many turns: clips that came behind those are shown before it. */
  shownBefore(turns: number): void {
    for (const clip of this.conversation.clips) {
      if ((clip.fromTurn ?? 0) > turns) {
        clip.fromTurn = turns;
      }
    }
  }

  /** @returns whether there was such a clip */
  remove(clipId: string): boolean {
    const index = this.sessions.findIndex(({ stored }) => stored.clipId === clipId);
    if (index < 0) {
      return false;
    }
    this.sessions.splice(index, 1).forEach((session) => session.dispose());
    this.timelines.get(clipId)?.dispose();
    this.timelines.delete(clipId);
    this.conversation.clips.splice(index, 1);
    return true;
  }

  /** The file of the clip that cannot be asked about, else of the first, lies elsewhere now. */
  relocate(path: string): boolean {
    const index = Math.max(0, this.sessions.findIndex((session) => session.view().problem));
    const stored = this.conversation.clips[index];
    if (!stored) {
      return false;
    }
    Object.assign(stored, { path, name: createClip(path).name });
    this.sessions.splice(index, 1, this.createSession(stored)).forEach((session) => session.dispose());
    return true;
  }

  /** Tries again what did not work, at the next opening. */
  retry(): void {
    this.sessions.filter((session) => session.view().problem ?? session.view().unplayable).forEach((session) => session.retry());
  }

  /** What is asked about, as it is on disk now. @throws VideoChatError */
  async subject(running: RunningServer, model: ModelInfo): Promise<OpenClip[]> {
    const { t } = this.ports;
    if (this.isEmpty) {
      throw new VideoChatError(ErrorCode.VideoUnknown, t('The clip was removed.'));
    }
    const opened: OpenClip[] = [];
    for (const clip of [...this.sessions]) {
      const { videoId, facts } = await clip.open(running, model);
      void clip.openMedia(running, this.abilities);
      const { contentHash, name } = clip.stored;
      if (contentHash !== facts.contentHash) {
        throw new VideoChatError(ErrorCode.VideoUnknown, t('{0} has changed on disk since this conversation began.', name), {
          hint: t('Retry to go on with the file as it is now.'),
        });
      }
      opened.push({ ...clip.stored, videoId });
    }
    return opened;
  }

  /** Opens all for the page. @throws VideoChatError that is shown with its clip, too */
  async open(running: RunningServer, model: ModelInfo | undefined): Promise<void> {
    const failures: unknown[] = [];
    for (const session of this.sessions.filter(({ isDangerous }) => !isDangerous)) {
      try {
        await session.open(running, model);
        // A proxy may take minutes: nobody waits for it.
        void session.openMedia(running, this.abilities);
      } catch (error) {
        // The others are shown all the same.
        failures.push(error);
      }
    }
    if (failures.length > 0) {
      throw failures[0];
    }
  }

  async playbackFailed(clipId: string, reason: Parameters<ClipSession['failed']>[2], running: RunningServer): Promise<void> {
    const session = this.sessions.find(({ stored }) => stored.clipId === clipId);
    await session?.failed(running, this.abilities, reason);
  }

  serverGone(): void {
    this.sessions.forEach((session) => session.serverGone());
  }

  dispose(): void {
    this.sessions.forEach((session) => session.dispose());
    this.timelines.forEach((timeline) => timeline.dispose());
  }

  private createSession(stored: StoredClip): ClipSession {
    const { post, client, ...ports } = this.ports;
    const { clipId } = stored;
    const session: ClipSession = new ClipSession(stored, {
      ...ports,
      changed: () => {
        timeline.clipIs(session.view().facts?.contentHash);
        post({ type: 'clip', clip: session.view() });
      },
      progress: (fraction) => post({ type: 'mediaProgress', clipId, fraction }),
    });
    const timeline = new ClipTimeline({
      t: ports.t,
      open: async () => {
        const running = await client();
        const { videoId, facts } = await session.open(running);
        return { running, videoId, contentHash: facts.contentHash };
      },
      changed: (view) => post({ type: 'timeline', clipId, timeline: view }),
    });
    this.timelines.get(clipId)?.dispose();
    this.timelines.set(clipId, timeline);
    return session;
  }
}

function kindByName(path: string): 'video' | 'image' {
  return looksLikePicture(path) ? 'image' : 'video';
}
