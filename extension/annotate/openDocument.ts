import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import { noDataset } from '../../server/common/annotations/datasetSchema.js';
import { type DatasetManifest, type FrameTimes, type VideoFacts, VideoOpenRequest } from '../../server/protocol/index.js';
import { Listeners } from '../chat/listeners.js';
import type { ServerController } from '../server/serverController.js';
import { AnnotationModel } from './annotationModel.js';
import { type ClipPlace, findClip, mediaPathByName } from '../../server/common/annotations/clipPlaces.js';
import type { DatasetFinder, FoundDataset } from '../../server/common/annotations/datasetFinder.js';
import { fetchFrameTimes } from './fetchFrameTimes.js';
import { writeChange } from './writeChange.js';
import { isWriteProtected } from './writeProtection.js';

/** A text with annotations that is open in the editor, with what is known around it. Shared by all who show or check it. */
export class OpenDocument implements Disposable {
  readonly model: AnnotationModel;
  /** Resolves once the dataset is known. */
  readonly ready: Promise<void>;
  private found: FoundDataset | undefined;
  private isReadOnly: boolean;
  private clip: { path: string; facts?: VideoFacts; times?: FrameTimes; url?: string } | undefined;
  private place: ClipPlace | undefined;
  private readonly listeners = new Listeners<void>();
  /** Dataset, clip or the right to write have changed. */
  readonly onDidChange = this.listeners.add;

  constructor(
    readonly document: vscode.TextDocument,
    private readonly finder: DatasetFinder,
    private readonly server: ServerController,
  ) {
    this.isReadOnly = vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false;
    this.model = new AnnotationModel({
      getText: () => document.getText(),
      version: () => document.version,
      replace: (change) => writeChange(document, change),
      media: () => {
        const path = mediaPathByName(this.path, this.found);
        return path === undefined ? undefined : { path };
      },
    });
    this.ready = this.refresh();
  }

  /** Absolute; of a document without a file: where it will be. */
  get path(): string {
    return this.document.uri.fsPath;
  }

  get dataset(): DatasetManifest {
    return this.found?.manifest ?? noDataset;
  }

  get foundDataset(): FoundDataset | undefined {
    return this.found;
  }

  get readOnly(): boolean {
    return this.isReadOnly;
  }

  /** Where its clip is, as of now. */
  async findClip(): Promise<ClipPlace | undefined> {
    const media = this.model.document?.media;
    const place = media && (await findClip(this.path, media.path, this.found));
    const isNew = place?.path !== this.place?.path || place?.exists !== this.place?.exists;
    this.place = place;
    if (isNew) {
      this.tellContext();
    }
    return place;
  }

  /** An open page has looked at the clip. Where frames begin is asked for once the clip is served. */
  learned(path: string | undefined, facts: VideoFacts | undefined, url: string | undefined): void {
    if (path === undefined || !facts) {
      return;
    }
    const before = this.clip?.path === path && this.clip.facts?.contentHash === facts.contentHash ? this.clip : undefined;
    const clip = (this.clip = { ...before, path, facts, ...(url === undefined ? {} : { url }) });
    if (!before) {
      this.tellContext();
    }
    if (url !== undefined && url !== before?.url && facts.kind === 'video') {
      void fetchFrameTimes(url).then((times) => {
        if (times && this.clip?.url === url) {
          this.clip = { ...clip, times };
          this.tellContext();
        }
      });
    }
  }

  /** Looks again at all that is known besides the text. The server is asked only if it runs. */
  async refresh(): Promise<void> {
    const { document, finder } = this;
    const [found, stat, isProtected] = await Promise.all([
      finder.find(this.path),
      vscode.workspace.fs.stat(document.uri).then((one) => one, () => undefined),
      document.uri.scheme === 'file' && isWriteProtected(this.path),
    ]);
    this.found = found;
    this.isReadOnly = isProtected || vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) === false || ((stat?.permissions ?? 0) & vscode.FilePermission.Readonly) !== 0;
    await this.findClip();
    this.tellContext();
    this.listeners.tell();
    void this.askServer();
  }

  dispose(): void {
    this.clip = undefined;
  }

  private async askServer(): Promise<void> {
    const { place } = this;
    const running = this.server.running();
    if (!running || !place?.exists || this.clip?.path === place.path) {
      return;
    }
    try {
      const { facts } = await running.client.request(VideoOpenRequest, { path: place.path });
      this.learned(place.path, facts, undefined);
    } catch {
      // What is wrong with the clip is said where the clip is shown.
    }
  }

  private tellContext(): void {
    const { found, place, clip } = this;
    const facts = place?.exists && clip?.path === place.path ? clip.facts : undefined;
    this.model.setContext({
      ...(found ? { dataset: found.manifest } : {}),
      ...(place && !place.exists ? { clip: 'missing' as const } : {}),
      ...(facts?.kind === 'video'
        ? { clip: { sha256: facts.contentHash, durationSeconds: facts.durationSeconds, ...(clip?.times ? { times: clip.times } : {}) } }
        : {}),
    });
  }
}
