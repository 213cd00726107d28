import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ClipEntry, type ClipFilter, type ClipProgress, DatasetFolderRequest, type FolderEntry, renderPhrase } from '../../server/protocol/index.js';
import { toProblem } from '../showProblem.js';
import { filterText, progressText } from './clipFilter.js';
import type { CurrentDataset } from './currentDataset.js';

/** Clips of a folder that are shown before one asks for more. */
const page = 500;

/** What the tree shows. */
export type DatasetNode =
  | { kind: 'folder'; entry: FolderEntry; parent: string }
  | { kind: 'clip'; entry: ClipEntry; folder: string }
  | { kind: 'more'; folder: string; left: number }
  | { kind: 'problem'; message: string; hint?: string };

const icons: Record<ClipProgress, [icon: string, colour?: string]> = {
  unlabelled: ['circle-outline'],
  suggested: ['lightbulb', 'charts.yellow'],
  inReview: ['eye', 'charts.blue'],
  done: ['pass-filled', 'charts.green'],
};

/** The tree in the side bar, which is there before this is loaded. */
export interface DatasetTree {
  view: vscode.TreeView<DatasetNode>;
  /** Asks for a part of the tree anew; for nothing: for all of it. */
  changed: vscode.EventEmitter<DatasetNode | undefined>;
}

/** Folders and clips of the current dataset with their progress. What is not looked at is not asked for. */
export class DatasetView implements vscode.Disposable {
  private readonly shown = new Map<string, number>();
  private readonly subscription: vscode.Disposable;
  private current: ClipFilter = {};

  constructor(
    private readonly dataset: CurrentDataset,
    private readonly tree: DatasetTree,
  ) {
    this.subscription = dataset.onDidChange(() => tree.changed.fire(undefined));
  }

  get filter(): ClipFilter {
    return this.current;
  }

  setFilter(filter: ClipFilter): void {
    this.current = filter;
    this.shown.clear();
    void vscode.commands.executeCommand('setContext', 'videochat.datasetFiltered', Object.keys(filter).length > 0);
    this.tree.changed.fire(undefined);
  }

  showMore(folder: string): void {
    this.shown.set(folder, (this.shown.get(folder) ?? page) + page);
    this.tree.changed.fire(undefined);
  }

  async getChildren(parent?: DatasetNode): Promise<DatasetNode[]> {
    if (parent && parent.kind !== 'folder') {
      return [];
    }
    try {
      const nodes = await this.below(parent?.entry.path ?? '');
      if (!parent) {
        await this.describe(nodes.length === 0);
      }
      return nodes;
    } catch (error) {
      const { message, hint } = toProblem(error).phrases;
      return [{ kind: 'problem', message: renderPhrase(message, vscode.l10n.t), ...(hint ? { hint: renderPhrase(hint, vscode.l10n.t) } : {}) }];
    }
  }

  getTreeItem(node: DatasetNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'clip':
        return clipItem(node);
      case 'more': {
        const item = new vscode.TreeItem(vscode.l10n.t('Show more ({0})', node.left));
        item.iconPath = new vscode.ThemeIcon('ellipsis');
        item.command = { command: 'videochat.showMoreClips', title: '', arguments: [node.folder] };
        return item;
      }
      case 'problem': {
        const item = new vscode.TreeItem(node.message);
        item.iconPath = new vscode.ThemeIcon('error');
        item.tooltip = [node.message, node.hint].filter(Boolean).join('\n');
        item.command = { command: 'videochat.refreshDataset', title: '' };
        return item;
      }
    }
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private async below(folder: string): Promise<DatasetNode[]> {
    const wanted = this.shown.get(folder) ?? page;
    const nodes: DatasetNode[] = [];
    let total = 0;
    for (let offset = 0; offset < wanted; offset += page) {
      const answer = await this.dataset.ask(DatasetFolderRequest, { folder, filter: this.current, offset, count: page });
      if (!answer) {
        return [];
      }
      if (offset === 0) {
        nodes.push(...answer.folders.map((entry) => ({ kind: 'folder' as const, entry, parent: folder })));
      }
      nodes.push(...answer.clips.map((entry) => ({ kind: 'clip' as const, entry, folder })));
      total = answer.total;
      if (answer.clips.length < page) {
        break;
      }
    }
    return total > wanted ? [...nodes, { kind: 'more', folder, left: total - wanted }] : nodes;
  }

  private async describe(isEmpty: boolean): Promise<void> {
    const summary = await this.dataset.summary();
    if (!summary) {
      return;
    }
    const { view } = this.tree;
    const filtered = filterText(this.current);
    view.description = summary.manifest.name ?? basename(summary.path);
    view.message = filtered !== '' ? vscode.l10n.t('Filter: {0}', filtered) : isEmpty ? vscode.l10n.t('There are no clips in this dataset.') : undefined;
  }
}

function folderItem({ entry: { path, clips, progress }, parent }: Extract<DatasetNode, { kind: 'folder' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(path.slice(parent === '' ? 0 : parent.length + 1), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `folder:${path}`;
  item.iconPath = vscode.ThemeIcon.Folder;
  item.description = `${progress.done}/${clips}`;
  const counts = Object.entries(progress).map(([name, count]) => `${progressText(name as ClipProgress)}: ${count}`);
  item.tooltip = [path, ...counts].join('\n');
  return item;
}

function clipItem({ entry, folder }: Extract<DatasetNode, { kind: 'clip' }>): vscode.TreeItem {
  const { path, progress, toReview, items, broken, missing, split } = entry;
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(path.slice(folder === '' ? 0 : folder.length + 1));
  item.id = `clip:${entry.documentPath}`;
  item.contextValue = 'clip';
  item.resourceUri = vscode.Uri.file(entry.videoPath);
  const [icon, colour] = broken ? ['error', 'list.errorForeground'] : missing ? ['warning', 'list.warningForeground'] : icons[progress];
  item.iconPath = new vscode.ThemeIcon(icon ?? '', colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.description = toReview > 0 ? t('{0} to review', toReview) : items > 0 ? String(items) : '';
  const what = broken ? t('The annotations cannot be read.') : t('{0}, items: {1}', progressText(progress), items);
  const more = [...(missing ? [t('The clip is missing.')] : []), ...(split === undefined ? [] : [t('Split: {0}', split)])];
  item.tooltip = [path, what, ...more].join('\n');
  item.accessibilityInformation = { label: [path, what, ...more].join(', ') };
  item.command = { command: 'videochat.openDatasetClip', title: t('Annotate'), arguments: [entry] };
  return item;
}
