import type { Disposable } from '../../server/common/dispose.js';
import {
  type AnnotateHostMessage,
  type AnnotatePageMessage,
  type AnnotateState,
  type AnnotationEdit,
  type DatasetManifest,
  ErrorCode,
  type PanelProblem,
  type PlayerAbilities,
  type SamplingOptions,
  type VideoFacts,
} from '../../server/protocol/index.js';
import { hasCode, problemOf } from '../chat/problems.js';
import { ServerAccess } from '../chat/serverAccess.js';
import type { ServerController } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { AnnotatedClip } from './annotateClip.js';
import type { AnnotationModel, ModelChange } from './annotationModel.js';
import type { ClipPlace } from '../../server/common/annotations/clipPlaces.js';
import { noteIdentity } from '../../server/common/annotations/mediaIdentity.js';
import { refusalProblem, toProblems } from './problemTexts.js';
import type { ReviewQueue } from './reviewQueue.js';
import { stillFitting, SuggestRun } from './suggestRun.js';

/** What one page needs from the editor and from the document that it shows. */
export interface AnnotatePorts {
  server: ServerController;
  model: AnnotationModel;
  t: Translate;
  /** To the page, if one listens. What does not arrive is in the next state. */
  post(message: AnnotateHostMessage): void;
  mapUrl(url: string): Promise<string>;
  values(): { model: string | undefined; sampling: SamplingOptions; maxProxyHeight: number };
  /** As the editor has it. */
  text(): { content: string; dirty: boolean; readOnly: boolean; eolLength: number };
  documentPath: string;
  dataset(): DatasetManifest;
  annotator(): string;
  keys(): Extract<AnnotateHostMessage, { type: 'keys' }>['keys'];
  /** Where the clip is; undefined while the document does not say. */
  place(): Promise<ClipPlace | undefined>;
  learned(facts: VideoFacts | undefined, url: string | undefined): void;
  review(): ReviewQueue | undefined;
  /** Tells a person something that is no problem. */
  inform(message: string): void;
}

/** The host's end of one page: shows it the document, takes its edits, keeps its clip open over all servers. */
export class AnnotateController implements Disposable {
  private readonly clip: AnnotatedClip;
  private readonly server: ServerAccess;
  private readonly listening: Disposable[];
  private suggesting: SuggestRun | undefined;
  private connecting: Promise<void> | undefined;
  private stale = false;
  private attached = false;
  private amended = false;
  private disposed = false;

  constructor(private readonly ports: AnnotatePorts) {
    const { model, server, t } = ports;
    this.server = new ServerAccess({ server, t }, () => this.postServer());
    this.clip = new AnnotatedClip({
      t,
      post: (message) => this.post(message),
      mapUrl: (url) => ports.mapUrl(url),
      maxHeight: () => ports.values().maxProxyHeight,
      media: () => model.document?.media,
      learned: (facts, url) => !this.disposed && ports.learned(facts, url),
    });
    this.listening = [model.onDidChange((change) => this.modelChanged(change)), server.onDidChangeState(() => this.serverChanged())];
  }

  state(): AnnotateState {
    const { ports } = this;
    const { model } = ports;
    const { dirty, readOnly } = ports.text();
    const review = ports.review()?.state(ports.documentPath);
    return {
      revision: model.revision,
      ...(model.document ? { document: model.document } : {}),
      problems: this.problems(),
      dataset: ports.dataset(),
      readOnly,
      dirty,
      clip: this.clip.view(),
      server: this.server.view(),
      annotator: ports.annotator(),
      ...(review ? { review } : {}),
    };
  }

  get clipPath(): string | undefined {
    return this.clip.path;
  }

  /** A page listens now, and has missed everything so far. */
  ready(abilities: PlayerAbilities): void {
    this.clip.abilities = abilities;
    this.attached = true;
    this.postState();
    this.post({ type: 'keys', keys: this.ports.keys() });
    void this.connect();
  }

  /** One step of undo. What a document does not say of its clip yet is noted with it. */
  async edit(edits: readonly AnnotationEdit[]): Promise<PanelProblem | undefined> {
    const { ports, clip } = this;
    const { model, t } = ports;
    if (ports.text().readOnly) {
      return refusalProblem('notWritable', t);
    }
    const media = model.document?.media;
    const more = media ? noteIdentity(media, clip.facts) : [];
    const refusal = await model.edit([...edits, ...more]);
    this.amended ||= more.length > 0 && refusal === undefined;
    return refusal && refusalProblem(refusal, t);
  }

  /** The page has its reply. What was changed besides what it asked for it learns now: it does not know that as its own. */
  replied(): void {
    if (this.amended) {
      this.amended = false;
      this.postState();
    }
  }

  async suggest(wanted: Extract<AnnotatePageMessage, { type: 'suggest' }>): Promise<PanelProblem | undefined> {
    const { ports, clip } = this;
    const { model, t } = ports;
    const asked = model.document;
    if (this.suggesting) {
      return { message: t('Suggestions are being made. Stop that before you ask for others.') };
    }
    if (!asked) {
      return refusalProblem('unreadable', t);
    }
    if (ports.text().readOnly) {
      return refusalProblem('notWritable', t);
    }
    if (clip.path === undefined || !clip.isThere) {
      return clip.view().problem ?? { message: t('The clip is not known yet.') };
    }
    const run = new SuggestRun({ ...ports, client: () => this.server.client(), post: (message) => this.post(message) });
    this.suggesting = run;
    try {
      const { edits, note } = await run.run(clip.path, ports.text().content, wanted);
      const fitting = model.document ? stillFitting(edits, asked, model.document) : [];
      const problem = fitting.length > 0 ? await this.edit(fitting) : undefined;
      const dropped = edits.length - fitting.length;
      const about = [note, dropped > 0 ? t('{0} suggestions were left out, since what they are about has changed meanwhile.', dropped) : ''];
      const said = about.filter((part) => part !== '').join(' ');
      if (said !== '' && !problem) {
        ports.inform(said);
      }
      return problem;
    } catch (error) {
      return hasCode(error, ErrorCode.RequestCancelled) ? undefined : problemOf(error, t);
    } finally {
      this.suggesting = undefined;
    }
  }

  cancelSuggest(): void {
    this.suggesting?.cancel();
  }

  async playbackFailed(reason: 'error' | 'noPicture' | 'silent' | 'slow'): Promise<void> {
    const running = this.ports.server.running();
    if (running) {
      await this.clip.playbackFailed(running, reason);
    }
  }

  async nextReview(decided: Extract<AnnotatePageMessage, { type: 'nextReview' }>['decided']): Promise<PanelProblem | undefined> {
    const { ports } = this;
    const queue = ports.review();
    // The decision came just before, and has to be in the text when the document is left.
    await ports.model.settled();
    return queue ? queue.next(ports.documentPath, decided) : { message: ports.t('No review is running.') };
  }

  endReview(): void {
    this.ports.review()?.end();
  }

  /** Tries again whatever did not work: the server, the clip. */
  async retry(): Promise<void> {
    const { server } = this.ports;
    if (server.state.state === 'failed') {
      await server.restart();
    }
    this.clip.retry();
    await this.connect();
  }

  /** What is known besides the text may be different: settings, the dataset, where the clip is, trust, saving. */
  surroundingsChanged(): void {
    this.postState();
    if (this.attached) {
      void this.connect();
    }
  }

  dirtyChanged(): void {
    this.post({ type: 'dirty', dirty: this.ports.text().dirty });
  }

  dispose(): void {
    this.disposed = true;
    this.listening.splice(0).forEach((each) => void each.dispose());
    this.suggesting?.cancel();
    this.clip.dispose();
  }

  private problems(): AnnotateState['problems'] {
    const { model, t } = this.ports;
    return toProblems(model, this.ports.text().eolLength, t);
  }

  private modelChanged(change: ModelChange): void {
    const { ports } = this;
    const { model } = ports;
    if (change.kind === 'edited') {
      this.post({ type: 'edited', revision: model.revision, edits: [...change.edits], problems: this.problems(), dirty: ports.text().dirty });
    } else {
      this.postState();
    }
    if (this.attached && change.kind !== 'problems') {
      void this.relocate();
    }
  }

  /** The document may name another clip now. */
  private async relocate(): Promise<void> {
    const place = await this.ports.place();
    if (!this.disposed && this.clip.moveTo(place)) {
      await this.connect();
    }
  }

  /** Starts the server if need be, and opens what the page shows. What fails is shown where it failed. */
  private connect(): Promise<void> {
    this.stale = true;
    this.connecting ??= this.connectWhileStale().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async connectWhileStale(): Promise<void> {
    while (this.stale && !this.disposed) {
      this.stale = false;
      const place = await this.ports.place();
      if (this.disposed) {
        return;
      }
      this.clip.moveTo(place);
      if (place?.exists) {
        await this.server.client().then((running) => (this.disposed ? undefined : this.clip.connect(running)), () => undefined);
      }
    }
  }

  private serverChanged(): void {
    const { state } = this.ports.server.state;
    this.postServer();
    if (state === 'restarting' || state === 'failed' || state === 'stopped') {
      this.clip.serverGone();
    } else if (state === 'ready' && this.attached) {
      void this.connect();
    }
  }

  private postState(): void {
    this.post({ type: 'state', state: this.state() });
  }

  private postServer(): void {
    this.post({ type: 'server', server: this.server.view() });
  }

  private post(message: AnnotateHostMessage): void {
    if (!this.disposed) {
      this.ports.post(message);
    }
  }
}
