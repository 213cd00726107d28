import { sep } from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../server/common/dispose.js';
import { annotationSuffix, datasetFileName, type DatasetManifest, looksLikeVideo } from '../../server/protocol/index.js';
import { canWatch, outsideRoots } from './outsideRoots.js';

/** Files that change together are told of together, in milliseconds. */
const settleMs = 300;
/** What the server takes at once. */
const mostPaths = 100_000;

/** Watches the files of one dataset at a time: its folder, and its media folders elsewhere as far as they can be watched. */
export class DatasetFiles implements vscode.Disposable {
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private inside: vscode.Disposable | undefined;
  private outside: DisposableStore | undefined;

  /** @param tell some files have changed; {@link take} gives them */
  constructor(private readonly tell: () => void) {}

  /** Watches a folder instead of what was watched before. */
  watch(folder: string): void {
    this.inside?.dispose();
    this.inside = this.watcher(folder);
    void this.outside?.dispose();
  }

  /** Watches what a manifest names elsewhere. */
  async watchOutside(folder: string, manifest: DatasetManifest): Promise<void> {
    void this.outside?.dispose();
    const store = new DisposableStore();
    this.outside = store;
    for (const root of outsideRoots(folder, manifest)) {
      if ((await canWatch(root)) && this.outside === store) {
        store.add(this.watcher(root));
      }
    }
  }

  has(path: string): boolean {
    return this.changed.has(path);
  }

  /** Paths that changed since they were taken last. */
  take(): string[] {
    const paths = [...this.changed].slice(0, mostPaths);
    this.changed.clear();
    return paths;
  }

  get isChanged(): boolean {
    return this.changed.size > 0;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.inside?.dispose();
    void this.outside?.dispose();
    this.outside = undefined;
  }

  private watcher(folder: string): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(folder), '**/*'));
    const note = ({ fsPath }: vscode.Uri): void => this.note(fsPath);
    return vscode.Disposable.from(watcher, watcher.onDidCreate(note), watcher.onDidChange(note), watcher.onDidDelete(note));
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
      this.tell();
    }, settleMs);
  }
}
