import { ErrorCode, type ModelInfo, type PanelClip, type PanelProblem, type PlayerAbilities, VideoChatError } from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import { type ClipPorts, ClipSession } from './clipSession.js';
import { type Conversation, createClip, type StoredClip } from './conversation.js';

export interface ClipsPorts extends Pick<ClipPorts, 'mapUrl' | 'maxHeight' | 'save' | 't'> {
  post(message: { type: 'clip'; clip: PanelClip } | { type: 'mediaProgress'; clipId: string; fraction: number }): void;
}

/** The clips of a conversation, as they are kept and as they are open. Today's models look at one. */
export class ConversationClips {
  private readonly sessions: ClipSession[];
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

  add(path: string, model: ModelInfo | undefined): PanelProblem | undefined {
    const { conversation } = this;
    const { t } = this.ports;
    if (!this.isEmpty) {
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
    this.sessions.push(this.createSession(clip));
    return undefined;
  }

  /** @returns whether there was such a clip */
  remove(clipId: string): boolean {
    const index = this.sessions.findIndex(({ stored }) => stored.clipId === clipId);
    if (index < 0) {
      return false;
    }
    this.sessions.splice(index, 1).forEach((session) => session.dispose());
    this.conversation.clips.splice(index, 1);
    return true;
  }

  /** The file lies elsewhere now. */
  relocate(path: string): boolean {
    const [stored] = this.conversation.clips;
    if (!stored) {
      return false;
    }
    Object.assign(stored, { path, name: createClip(path).name });
    this.sessions.splice(0, 1, this.createSession(stored)).forEach((session) => session.dispose());
    return true;
  }

  /** Tries again what did not work, at the next opening. */
  retry(): void {
    this.sessions.filter((session) => session.view().problem ?? session.view().unplayable).forEach((session) => session.retry());
  }

  /** What is asked about, as it is on disk now. @throws VideoChatError */
  async subject(running: RunningServer, model: ModelInfo): Promise<{ videoId: string; path: string }> {
    const { t } = this.ports;
    const [clip] = this.sessions;
    if (!clip) {
      throw new VideoChatError(ErrorCode.VideoUnknown, t('The clip was removed.'));
    }
    const { videoId, facts } = await clip.open(running, model);
    void clip.openMedia(running, this.abilities);
    const { path, contentHash, name } = clip.stored;
    if (contentHash !== facts.contentHash) {
      throw new VideoChatError(ErrorCode.VideoUnknown, t('{0} has changed on disk since this conversation began.', name), {
        hint: t('Retry to go on with the file as it is now.'),
      });
    }
    return { videoId, path };
  }

  /** Opens all for the page. @throws VideoChatError that is shown with its clip, too */
  async open(running: RunningServer, model: ModelInfo | undefined): Promise<void> {
    for (const session of this.sessions.filter(({ isDangerous }) => !isDangerous)) {
      await session.open(running, model);
      // A proxy may take minutes: nobody waits for it.
      void session.openMedia(running, this.abilities);
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
  }

  private createSession(stored: StoredClip): ClipSession {
    const { post, ...ports } = this.ports;
    const session: ClipSession = new ClipSession(stored, {
      ...ports,
      changed: () => post({ type: 'clip', clip: session.view() }),
      progress: (fraction) => post({ type: 'mediaProgress', clipId: stored.clipId, fraction }),
    });
    return session;
  }
}
