import { dirname, join, sep } from 'node:path';
import * as vscode from 'vscode';
import {
  annotationSuffix,
  DatasetChangedNotification,
  datasetFileName,
  DatasetOpenRequest,
  type DatasetSummary,
  ErrorCode,
  looksLikeVideo,
  type RequestDescriptor,
} from '../../server/protocol/index.js';
import { hasCode } from '../chat/problems.js';
import { localPath } from '../chat/localPath.js';
import type { ServerController } from '../server/serverController.js';

const rememberedKey = 'videochat.dataset';
/** Files that change together are told of together, in milliseconds. */
const settleMs = 300;

/** The dataset that this window works on: found in the workspace, or chosen. It is opened at the server when it is first asked for. */
export class CurrentDataset implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  /** Another dataset, or other files in it. */
  readonly onDidChange = this.emitter.event;
  private chosen: string | undefined;
  private open: { folder: string; session: number; summary: Promise<DatasetSummary> } | undefined;
  private watcher: vscode.Disposable | undefined;
  private manifests: vscode.Disposable | undefined;
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

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
    const { client, session } = await this.server.client();
    if (this.open?.folder !== folder || this.open.session !== session) {
      const title = vscode.l10n.t('Opening the dataset');
      const summary = Promise.resolve(
        vscode.window.withProgress({ location: { viewId: 'videochat.dataset' }, title }, () => client.request(DatasetOpenRequest, { path: folder })),
      );
      this.open = { folder, session, summary };
      summary.catch(() => this.forget());
      this.watch(folder);
    }
    return this.open.summary;
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
    clearTimeout(this.timer);
    this.watcher?.dispose();
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

  private watch(folder: string): void {
    this.watcher?.dispose();
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), '**/*'));
    const note = ({ fsPath }: vscode.Uri): void => this.note(fsPath);
    this.watcher = vscode.Disposable.from(watcher, watcher.onDidCreate(note), watcher.onDidChange(note), watcher.onDidDelete(note));
  }

  private note(path: string): void {
    const name = path.slice(path.lastIndexOf(sep) + 1);
    const matters = path.endsWith(annotationSuffix) || name === datasetFileName || looksLikeVideo(path) || !name.includes('.');
    if (!matters || path.includes(`${sep}.git${sep}`) || path.includes(`${sep}node_modules${sep}`)) {
      return;
    }
    this.changed.add(path);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.changed.has(join(this.chosen ?? '', datasetFileName))) {
        this.forget();
      }
      this.tell();
      this.emitter.fire();
    }, settleMs);
  }

  /** Tells the server what changed since it was last told. */
  private tell(): void {
    const running = this.server.running();
    const { open } = this;
    if (this.changed.size === 0 || !running || !open) {
      return;
    }
    const paths = [...this.changed].slice(0, 100_000);
    this.changed.clear();
    void open.summary.then(
      ({ datasetId }) => running.client.notify(DatasetChangedNotification, { datasetId, paths }),
      () => undefined,
    );
  }
}
