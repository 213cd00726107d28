import type { AnnotateClip, AnnotatedMedia, AnnotateHostMessage, PanelProblem, PlayerAbilities, VideoFacts } from '../../server/protocol/index.js';
import { type ClipPorts, ClipSession } from '../chat/clipSession.js';
import type { RunningServer } from '../server/serverController.js';
import type { ClipPlace } from '../../server/common/annotations/clipPlaces.js';

export interface AnnotateClipPorts extends Pick<ClipPorts, 'mapUrl' | 'maxHeight' | 't'> {
  post(message: Extract<AnnotateHostMessage, { type: 'clip' | 'mediaProgress' }>): void;
  /** What the document says of its clip. */
  media(): AnnotatedMedia | undefined;
  /** The clip was looked at; `url`: where its media are served on the server's machine. */
  learned(facts: VideoFacts | undefined, url: string | undefined): void;
}

/** The clip that a page shows: found, probed, made playable, and what stands in the way. */
export class AnnotatedClip {
  private session: ClipSession | undefined;
  private place: ClipPlace | undefined;
  private url: string | undefined;
  abilities: PlayerAbilities | undefined;

  constructor(private readonly ports: AnnotateClipPorts) {}

  get path(): string | undefined {
    return this.place?.path;
  }

  /** There is a file; whether it is a video is another question. */
  get isThere(): boolean {
    return this.place?.exists ?? false;
  }

  get facts(): VideoFacts | undefined {
    return this.session?.view().facts;
  }

  view(): AnnotateClip {
    const { ports, place, session } = this;
    const name = ports.media()?.path.split('/').at(-1) ?? '';
    if (!session) {
      return { name, ...(place ? { problem: this.missing() } : {}) };
    }
    const { facts, media, problem, unplayable } = session.view();
    return { name, ...(facts ? { facts } : {}), ...(media ? { media } : {}), ...((problem ?? unplayable) ? { problem: problem ?? unplayable } : {}) };
  }

  /** Where the clip is now. Cheap when nothing has changed. */
  moveTo(place: ClipPlace | undefined): boolean {
    const before = this.place;
    if (before?.path === place?.path && before?.exists === place?.exists) {
      return false;
    }
    this.place = place;
    this.session?.dispose();
    this.session = undefined;
    this.url = undefined;
    if (place?.exists) {
      this.session = this.open(place.path);
    }
    this.changed();
    return true;
  }

  /** Looks at the file, and lets the page play it. What fails is in view. */
  async connect(running: RunningServer): Promise<void> {
    const { session } = this;
    if (!session || session.isDangerous) {
      return;
    }
    try {
      await session.open(running);
      // A proxy may take minutes: nobody waits for it.
      void session.openMedia(running, this.abilities);
    } catch {
      // Shown as the clip's problem.
    }
  }

  async playbackFailed(running: RunningServer, reason: Parameters<ClipSession['failed']>[2]): Promise<void> {
    await this.session?.failed(running, this.abilities, reason);
  }

  retry(): void {
    this.session?.retry();
  }

  serverGone(): void {
    this.session?.serverGone();
  }

  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
  }

  private open(path: string): ClipSession {
    const { ports } = this;
    const session: ClipSession = new ClipSession(
      { clipId: 'clip', path, name: path.split(/[\\/]/).at(-1) ?? path },
      {
        t: ports.t,
        save: () => undefined,
        changed: () => session === this.session && this.changed(),
        progress: (fraction) => ports.post({ type: 'mediaProgress', fraction }),
        mapUrl: (url) => {
          this.url = url;
          return ports.mapUrl(url);
        },
        maxHeight: () => ports.maxHeight(),
        judge: ({ facts }) => this.judge(facts),
        unplayableHint: '',
      },
    );
    return session;
  }

  private changed(): void {
    this.ports.learned(this.facts, this.session?.view().media ? this.url : undefined);
    this.ports.post({ type: 'clip', clip: this.view() });
  }

  private missing(): PanelProblem {
    const { t } = this.ports;
    return {
      message: t('The clip "{0}" is not there.', this.ports.media()?.path ?? ''),
      hint: t('It may have been moved, or not been fetched yet.'),
      actions: ['locateFile', 'retry'],
    };
  }

  private judge(facts: VideoFacts): PanelProblem | undefined {
    const { t } = this.ports;
    const sha256 = this.ports.media()?.sha256;
    if (sha256 === undefined || sha256 === facts.contentHash) {
      return undefined;
    }
    return {
      message: t('This clip is another file than the one that was annotated.'),
      hint: t('Times may not fit it. Locate the right file, or note its new hash in the Problems view.'),
      actions: ['locateFile'],
    };
  }
}
