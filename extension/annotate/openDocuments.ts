import * as vscode from 'vscode';
import { datasetFileName } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';
import { isAnnotations, isManifest } from './annotationFiles.js';
import { DatasetFinder } from '../../server/common/annotations/datasetFinder.js';
import { OpenDocument } from './openDocument.js';

/** Annotation documents that are open in the editor, each with one model, however many show it. */
export class OpenDocuments {
  private readonly byUri = new Map<string, OpenDocument>();
  private readonly opened = new vscode.EventEmitter<OpenDocument>();
  private readonly closed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidOpen = this.opened.event;
  readonly onDidClose = this.closed.event;
  readonly finder = new DatasetFinder((path) => vscode.workspace.textDocuments.find((each) => isManifest(each) && each.uri.fsPath === path && !each.isClosed)?.getText());
  private readonly subscriptions: vscode.Disposable[];
  private watcher: vscode.FileSystemWatcher | undefined;

  constructor(private readonly server: ServerController) {
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => isAnnotations(document) && this.get(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.forget(document)),
      // What is on its way from a page is saved with the rest.
      vscode.workspace.onWillSaveTextDocument((event) => {
        const open = this.byUri.get(event.document.uri.toString());
        if (open) {
          event.waitUntil(open.model.settled().then((): vscode.TextEdit[] => []));
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.byUri.get(document.uri.toString())?.model.textChanged();
        if (isManifest(document)) {
          this.refreshBelow(vscode.Uri.joinPath(document.uri, '..'));
        }
      }),
    ];
  }

  get all(): OpenDocument[] {
    return [...this.byUri.values()];
  }

  /** Those that were open before anybody looked. */
  adoptOpen(): void {
    vscode.workspace.textDocuments.filter(isAnnotations).forEach((document) => this.get(document));
  }

  find(uri: vscode.Uri): OpenDocument | undefined {
    return this.byUri.get(uri.toString());
  }

  get(document: vscode.TextDocument): OpenDocument {
    const key = document.uri.toString();
    const known = this.byUri.get(key);
    if (known?.document === document) {
      return known;
    }
    known?.dispose();
    this.watch();
    const open = new OpenDocument(document, this.finder, this.server);
    this.byUri.set(key, open);
    this.opened.fire(open);
    return open;
  }

  dispose(): void {
    this.all.forEach((open) => open.dispose());
    this.byUri.clear();
    vscode.Disposable.from(...this.subscriptions, this.opened, this.closed, ...(this.watcher ? [this.watcher] : [])).dispose();
  }

  private forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    const open = this.byUri.get(key);
    if (open?.document === document) {
      open.dispose();
      this.byUri.delete(key);
      this.closed.fire(document.uri);
    }
  }

  /** Manifests on disk are watched only once there is something that belongs to them. */
  private watch(): void {
    if (this.watcher) {
      return;
    }
    this.watcher = vscode.workspace.createFileSystemWatcher(`**/${datasetFileName}`);
    for (const changed of [this.watcher.onDidChange, this.watcher.onDidCreate, this.watcher.onDidDelete]) {
      this.subscriptions.push(changed((uri) => this.refreshBelow(vscode.Uri.joinPath(uri, '..'))));
    }
  }

  private refreshBelow(folder: vscode.Uri): void {
    const prefix = `${folder.path}/`;
    this.all.filter(({ document }) => document.uri.path.startsWith(prefix)).forEach((open) => void open.refresh());
  }
}
