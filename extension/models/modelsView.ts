import * as vscode from 'vscode';
import { trustRefusal } from '../server/trust.js';
import { toProblem } from '../showProblem.js';
import type { Catalogue } from './catalogue.js';
import type { ModelGroup, ModelNode, ModelTree } from './modelNode.js';

/** How often another window's download is looked at. */
const elsewhereMs = 2_000;

/** The models of this machine and of the catalogue, in groups. The server is asked when somebody looks. */
export class ModelsView implements vscode.Disposable {
  private stale = true;
  private loading: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly groups: readonly ModelGroup[],
    private readonly tree: ModelTree,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const { view } = tree;
    // Other windows and programs fetch and remove models, too.
    this.subscriptions = vscode.Disposable.from(
      view.onDidChangeVisibility(({ visible }) => visible && this.refresh()),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && view.visible && this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
    );
  }

  /** Asks the server again, now or when somebody looks. */
  refresh(): void {
    this.stale = true;
    this.tree.changed.fire(undefined);
  }

  get isLoading(): boolean {
    return this.loading !== undefined;
  }

  /** Draws what is known: one row, or all where rows came or moved. */
  redraw(node?: ModelNode): void {
    this.tree.changed.fire(node);
  }

  /** What is known is what is so. @throws VideoChatError where the server cannot say */
  async fresh(): Promise<void> {
    while (this.stale || this.loading) {
      this.loading ??= this.load().finally(() => (this.loading = undefined));
      await this.loading;
    }
  }

  async getChildren(node?: ModelNode): Promise<ModelNode[]> {
    if (node) {
      return [...(node.children?.() ?? [])];
    }
    if (trustRefusal()) {
      return [];
    }
    try {
      await this.fresh();
      setState('shown');
      this.watchOthers();
      return this.groups.filter((group) => group.children().length > 0);
    } catch (error) {
      // The view offers what may help; a message would take its place.
      const { message, data } = toProblem(error);
      this.log.warn(`The models cannot be listed: ${data.english ?? message}`);
      setState('failed');
      return [];
    }
  }

  getTreeItem(node: ModelNode): vscode.TreeItem {
    const item = node.item();
    item.id = node.id;
    return item;
  }

  getParent(node: ModelNode): ModelNode | undefined {
    return node.parent;
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscriptions.dispose();
  }

  private async load(): Promise<void> {
    this.stale = false;
    try {
      await Promise.all([this.catalogue.load(), ...this.groups.map((group) => group.load?.())]);
    } catch (error) {
      this.stale = true;
      throw error;
    }
  }

  /** What another window fetches goes on without a word to this one. */
  private watchOthers(): void {
    clearTimeout(this.timer);
    if (this.tree.view.visible && this.catalogue.entries.some(({ fetching }) => fetching)) {
      this.timer = setTimeout(() => this.refresh(), elsewhereMs);
    }
  }
}

function setState(state: 'shown' | 'failed'): void {
  void vscode.commands.executeCommand('setContext', 'videochat.modelsState', state);
}
