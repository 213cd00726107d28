import { dirname, join, sep } from 'node:path';
import * as vscode from 'vscode';
import {
  DatasetChangedNotification,
  datasetFileName,
  type DatasetOpenParams,
  DatasetOpenRequest,
  type DatasetSummary,
  DatasetUpdatedNotification,
  ErrorCode,
  type RequestDescriptor,
} from '../../server/protocol/index.js';
import { hasCode } from '../chat/problems.js';
import { localPath } from '../files/localPath.js';
import type { RunningServer, ServerController } from '../server/serverController.js';
import { DatasetFiles } from './datasetFiles.js';

const rememberedKey = 'videochat.dataset';

interface OpenDataset {
  folder: string;
  session: number;
  summary: Promise<DatasetSummary>;
}

/** The dataset that this window works on: found in the workspace, or chosen. It is opened at the server when it is first asked for. */
export class CurrentDataset implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  /** Another dataset, or other files in it. */
  readonly onDidChange = this.emitter.event;
  private chosen: string | undefined;
  private open: OpenDataset | undefined;
  private updates: { dispose(): void } | undefined;
  private manifests: vscode.Disposable | undefined;
  private readonly files = new DatasetFiles(() => this.filesChanged());

  constructor(
    private readonly server: ServerController,
    private readonly memory: vscode.Memento,
  ) {}

  /** Folders with a manifest in this workspace. */
  async candidates(): Promise<string[]> {
    const found = await vscode.workspace.findFiles(`**/${datasetFileName}`, '**/node_modules/**', 100);
    const folders = found.map(localPath).filter((path) => path !== undefined);
    return folders.map((path) => dirname(path)).sort((a, b) => a.split(sep).length - b.split(sep).length || (a < b ? -1 : 1));
  }

  /** Absolute path; undefined where there is none. */
  async folder(): Promise<string | undefined> {
    if (this.chosen === undefined) {
      this.manifests ??= this.watchManifests();
      const folders = await this.candidates();
      const remembered = this.memory.get<string>(rememberedKey);
      this.chosen = folders.find((each) => each === remembered) ?? folders[0];
      await this.tellEditor();
    }
    return this.chosen;
  }

  async choose(folder: string): Promise<void> {
    this.chosen = folder;
    this.forget();
    await this.memory.update(rememberedKey, folder);
    await this.tellEditor();
    this.emitter.fire();
  }

  /** Counts of the dataset as they were when it was opened last. @throws VideoChatError */
  async summary(): Promise<DatasetSummary | undefined> {
    const folder = await this.folder();
    if (folder === undefined) {
      return undefined;
    }
    const running = await this.server.client();
    if (this.open?.folder !== folder || this.open.session !== running.session) {
      this.open = this.openAt(running, folder);
    }
    return this.open.summary;
  }

  /** The same once all of its files have been looked at, for what must not miss any. @throws VideoChatError */
  async compared(): Promise<DatasetSummary | undefined> {
    const summary = await this.summary();
    const { open } = this;
    if (!open || !summary?.fromIndex) {
      return summary;
    }
    const { client } = await this.server.client();
    const fresh = await this.request(client, { path: open.folder });
    if (this.open === open) {
      open.summary = Promise.resolve(fresh);
      this.emitter.fire();
    }
    return fresh;
  }

  /**
   * Asks about the dataset; opens it anew where the server has forgotten it.
   *
   * @returns undefined where there is none
   * @throws VideoChatError
   */
  async ask<Params extends { datasetId: string }, Result>(descriptor: RequestDescriptor<Params, Result>, params: Omit<Params, 'datasetId'>): Promise<Result | undefined> {
    for (let tries = 0; ; tries++) {
      const summary = await this.summary();
      if (!summary) {
        return undefined;
      }
      try {
        const { client } = await this.server.client();
        this.tell();
        return await client.request(descriptor, { ...params, datasetId: summary.datasetId } as Params);
      } catch (error) {
        const isGone = hasCode(error, ErrorCode.DatasetUnknown) || hasCode(error, ErrorCode.InternalError);
        if (!isGone || tries > 0) {
          throw error;
        }
        this.forget();
      }
    }
  }

  /** Looks at all files again. */
  refresh(): void {
    if (this.chosen !== undefined && this.open === undefined) {
      this.chosen = undefined;
    }
    this.forget();
    this.emitter.fire();
  }

  dispose(): void {
    this.files.dispose();
    this.updates?.dispose();
    this.manifests?.dispose();
    this.emitter.dispose();
  }

  private forget(): void {
    this.open = undefined;
  }

  private async tellEditor(): Promise<void> {
    await vscode.commands.executeCommand('setContext', 'videochat.hasDataset', this.chosen !== undefined);
  }

  /** As long as there is none, a dataset may appear. */
  private watchManifests(): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(`**/${datasetFileName}`, false, true, true);
    return vscode.Disposable.from(watcher, watcher.onDidCreate(() => this.chosen === undefined && this.emitter.fire()));
  }

  /** What the server knows from before is shown at once; it tells where the files turn out to differ. */
  private openAt({ client, session }: RunningServer, folder: string): OpenDataset {
    this.updates?.dispose();
    this.updates = client.onNotification(DatasetUpdatedNotification, (summary) => void this.update(summary));
    this.files.watch(folder);
    const summary = this.request(client, { path: folder, fromIndex: true });
    const open = { folder, session, summary };
    summary.then(
      ({ manifest }) => (this.open === open ? this.files.watchOutside(folder, manifest) : undefined),
      () => this.open === open && this.forget(),
    );
    return open;
  }

  private async request(client: RunningServer['client'], params: DatasetOpenParams): Promise<DatasetSummary> {
    const title = vscode.l10n.t('Opening the dataset');
    return vscode.window.withProgress({ location: { viewId: 'videochat.dataset' }, title }, () => client.request(DatasetOpenRequest, params));
  }

  private async update(summary: DatasetSummary): Promise<void> {
    const { open } = this;
    const known = await open?.summary.catch(() => undefined);
    if (open && this.open === open && known?.datasetId === summary.datasetId) {
      open.summary = Promise.resolve(summary);
      this.emitter.fire();
    }
  }

  private filesChanged(): void {
    if (this.files.has(join(this.chosen ?? '', datasetFileName))) {
      this.forget();
    }
    this.tell();
    this.emitter.fire();
  }

  /** Tells the server what changed since it was last told. */
  private tell(): void {
    const running = this.server.running();
    const { open } = this;
    if (!this.files.isChanged || !running || !open) {
      return;
    }
    const paths = this.files.take();
    void open.summary.then(
      ({ datasetId }) => running.client.notify(DatasetChangedNotification, { datasetId, paths }),
      () => undefined,
    );
  }
}
