import { sep } from 'node:path';
import * as vscode from 'vscode';
import { annotationSuffix, datasetFileName, looksLikeVideo } from '../../server/protocol/index.js';
import { localPath } from '../files/localPath.js';

/** Files that change together are told of together, in milliseconds. */
const settleMs = 500;
/** With more than these, everything is looked at again. */
const mostPaths = 10_000;
const subtitles = /\.(srt|vtt|ass|ssa)$/i;

/** Watches the clips of the workspace, and what lies beside them. */
export class SearchFiles implements vscode.Disposable {
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/*');
  private readonly subscriptions: vscode.Disposable;

  constructor(private readonly tell: (paths: string[]) => void) {
    const note = (uri: vscode.Uri): void => this.note(uri);
    this.subscriptions = vscode.Disposable.from(this.watcher, this.watcher.onDidCreate(note), this.watcher.onDidChange(note), this.watcher.onDidDelete(note));
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  private note(uri: vscode.Uri): void {
    const path = localPath(uri);
    if (path === undefined || !matters(path)) {
      return;
    }
    this.changed.add(path);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const paths = [...this.changed].slice(0, mostPaths);
      this.changed.clear();
      this.tell(paths);
    }, settleMs);
  }
}

/** A name without an ending may be that of a folder with clips. */
function matters(path: string): boolean {
  const name = path.slice(path.lastIndexOf(sep) + 1);
  const isOurs = looksLikeVideo(path) || path.endsWith(annotationSuffix) || name === datasetFileName || subtitles.test(name) || !name.includes('.');
  return isOurs && !path.includes(`${sep}.git${sep}`) && !path.includes(`${sep}node_modules${sep}`);
}
