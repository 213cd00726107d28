import {
  MediaCloseRequest,
  type MediaOpenParams,
  MediaOpenRequest,
  type MediaSource,
  type ModelInfo,
  type PanelClip,
  type PanelProblem,
  type PlayerAbilities,
  type VideoOpenResult,
  VideoOpenRequest,
} from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import type { StoredClip } from './conversation.js';
import { isServerLost, problemOf } from './problems.js';

/** What a clip of the panel needs from outside. */
export interface ClipPorts {
  t: Translate;
  /** The clip as the page shows it has changed. */
  changed(): void;
  /** What is kept of the clip has changed. */
  save(): void;
  progress(fraction: number): void;
  /** Makes a URL of the server's machine one that the page can reach. */
  mapUrl(url: string): Promise<string>;
  maxHeight(): number;
  /** What is wrong with a file that can be read; left out: that it is another than at the beginning of the conversation. */
  judge?(opened: VideoOpenResult): PanelProblem | undefined;
  /** What goes on without a player; left out: questions. */
  unplayableHint?: string;
}

/** One clip or picture of an open panel: probed, made playable, and what stands in the way. */
export class ClipSession {
  private opened: { running: RunningServer; result: VideoOpenResult } | undefined;
  private media: { running: RunningServer; source: MediaSource } | undefined;
  private problem: PanelProblem | undefined;
  private unplayable: PanelProblem | undefined;
  private atLeast: MediaOpenParams['atLeast'];
  /** Counts openings of media: what comes back of an older one is not shown. */
  private generation = 0;
  private opening: { session: number; generation: number; done: Promise<void> } | undefined;
  /** Servers that ended while they opened this. */
  private readonly ended = new Set<number>();
  private disposed = false;

  constructor(
    readonly stored: StoredClip,
    private readonly ports: ClipPorts,
  ) {}

  /** Facts, for the page. */
  view(): PanelClip {
    const { clipId, name } = this.stored;
    return {
      clipId,
      name,
      ...(this.opened ? { facts: this.opened.result.facts } : {}),
      ...(this.media ? { media: this.media.source } : {}),
      ...(this.problem ? { problem: this.problem } : {}),
      ...(this.unplayable ? { unplayable: this.unplayable } : {}),
    };
  }

  /** What that server knows it by, once it was opened there. */
  videoId({ session }: RunningServer): string | undefined {
    return this.opened?.running.session === session ? this.opened.result.videoId : undefined;
  }

  /** The server ended twice while it opened this: not a third time by itself. */
  get isDangerous(): boolean {
    return this.ended.size >= 2;
  }

  /**
   * Looks at the file, as it is now, and keeps what was found in view. Cheap when it was opened and is unchanged.
   * @throws VideoChatError that is in view as the clip's problem, too
   */
  async open(running: RunningServer, model?: ModelInfo): Promise<VideoOpenResult> {
    const { stored, ports } = this;
    let result: VideoOpenResult;
    try {
      result = await running.client.request(VideoOpenRequest, { path: stored.path });
    } catch (error) {
      this.noteEnd(running, error);
      this.opened = undefined;
      this.show(problemOf(error, ports.t));
      throw error;
    }
    if (this.opened?.running.session === running.session && this.opened.result.videoId !== result.videoId) {
      this.closeMedia();
    }
    this.opened = { running, result };
    this.show(this.ports.judge ? this.ports.judge(result) : this.compare(result, model));
    return result;
  }

  /** Tries again at the next opening. A file that has changed is taken as it is now: what was said before rests on the old one. */
  retry(): void {
    if (this.opened && this.opened.result.facts.contentHash !== this.stored.contentHash) {
      delete this.stored.contentHash;
    }
    this.unplayable = undefined;
    this.ended.clear();
  }

  /** Lets the page play the clip; why it cannot is shown with the clip. */
  openMedia(running: RunningServer, abilities: PlayerAbilities | undefined): Promise<void> {
    const { opened, opening, media } = this;
    const isOpen = media?.running.session === running.session;
    if (opened?.running.session !== running.session || isOpen || this.isDangerous) {
      return Promise.resolve();
    }
    if (opening?.session === running.session && opening.generation === this.generation) {
      return opening.done;
    }
    const generation = ++this.generation;
    const done = this.makePlayable(running, opened.result.videoId, abilities, generation);
    this.opening = { session: running.session, generation, done };
    return done;
  }

  private async makePlayable(
    running: RunningServer,
    videoId: string,
    abilities: PlayerAbilities | undefined,
    generation: number,
  ): Promise<void> {
    const { ports } = this;
    try {
      const source = await running.client.request(
        MediaOpenRequest,
        { videoId, abilities, atLeast: this.atLeast, maxHeight: ports.maxHeight() },
        { onProgress: ({ fraction }) => generation === this.generation && ports.progress(fraction) },
      );
      const mapped = { ...source, url: await ports.mapUrl(source.url) };
      if (generation !== this.generation || this.disposed) {
        closeMedia(running, source.mediaId);
        return;
      }
      this.ended.clear();
      this.media = { running, source: mapped };
      this.unplayable = undefined;
    } catch (error) {
      this.noteEnd(running, error);
      if (generation !== this.generation && !this.isDangerous) {
        return;
      }
      this.opening = undefined;
      this.unplayable = isServerLost(error) && !this.isDangerous ? undefined : problemOf(error, ports.t);
    }
    ports.changed();
  }

  /** The player could not show what it was given: asks for more than the file, until there is no more. */
  async failed(running: RunningServer, abilities: PlayerAbilities | undefined, reason: 'error' | 'noPicture' | 'silent' | 'slow'): Promise<void> {
    const mode = this.media?.source.mode;
    if (mode === undefined || mode === 'image' || mode === 'transcode') {
      const { t, unplayableHint } = this.ports;
      const hint = unplayableHint ?? t('Questions about it are answered all the same.');
      this.unplayable = { message: t('The player cannot show this clip.'), ...(hint === '' ? {} : { hint }), actions: ['showLog'] };
      this.ports.changed();
      return;
    }
    // Copying the picture helps where sound or container are in the way, not where the picture itself is.
    const copyHelps = mode === 'file' && (reason === 'silent' || reason === 'error');
    this.atLeast = copyHelps ? 'remux' : 'transcode';
    this.closeMedia();
    this.ports.changed();
    await this.openMedia(running, abilities);
  }

  /** What a server knew that is gone is opened anew; until then the page keeps what it has. */
  serverGone(): void {
    this.generation++;
  }

  dispose(): void {
    this.disposed = true;
    this.closeMedia();
  }

  private closeMedia(): void {
    this.generation++;
    const { media } = this;
    this.media = undefined;
    if (media) {
      closeMedia(media.running, media.source.mediaId);
    }
  }

  private noteEnd({ session }: RunningServer, error: unknown): void {
    if (isServerLost(error)) {
      this.ended.add(session);
    }
  }

  private show(problem: PanelProblem | undefined): void {
    this.problem = problem;
    this.ports.changed();
  }

  /** What is wrong with a file that can be read. */
  private compare({ facts }: VideoOpenResult, model?: ModelInfo): PanelProblem | undefined {
    const { stored, ports } = this;
    const { t } = ports;
    if (stored.contentHash === undefined) {
      stored.contentHash = facts.contentHash;
      ports.save();
    }
    if (stored.contentHash !== facts.contentHash) {
      return {
        message: t('{0} has changed on disk since this conversation began.', stored.name),
        hint: t('The answers so far are about the old file. Go on with the new one, or start a new conversation.'),
        actions: ['retry', 'newConversation', 'locateFile'],
      };
    }
    if (facts.kind === 'image' && model && !model.abilities.includes('image')) {
      return {
        message: t('The model {0} looks at videos only, not at pictures.', model.name),
        actions: ['chooseModel', 'locateFile'],
      };
    }
    return undefined;
  }
}

function closeMedia(running: RunningServer, mediaId: string): void {
  void running.client.request(MediaCloseRequest, { mediaId }).catch(() => undefined);
}
