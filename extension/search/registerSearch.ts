import * as vscode from 'vscode';
import { Lazy } from '../../server/common/lazy.js';
import type { ExtensionParts } from '../context.js';
import { lazyCommands } from '../lazyCommands.js';
import type { Search } from './createSearch.js';
import type { SearchNode } from './searchView.js';

const commands = [
  'videochat.findInVideos',
  'videochat.refreshSearch',
  'videochat.clearSearch',
  'videochat.lookThroughVideos',
  'videochat.openMoment',
  'videochat.askAboutMoment',
  'videochat.annotateMoment',
  'videochat.copyMomentLink',
] as const;
export type SearchCommand = (typeof commands)[number];

/** Search over all videos of the workspace: its view, and what is done with what it finds. Loaded when it is first used. */
export function registerSearch(parts: ExtensionParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<SearchNode | undefined>();
  const loaded: { search?: Search } = {};
  const search: Lazy<Search> = new Lazy(async () => {
    const { createSearch } = await import('../onDemand.js');
    return (loaded.search = createSearch(parts, { view, changed }));
  });
  const view = vscode.window.createTreeView<SearchNode>('videochat.search', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      // Before the first question there is nothing to show, and nothing to load.
      getChildren: (node) => loaded.search?.view.getChildren(node) ?? [],
      getTreeItem: (node) => loaded.search?.view.getTreeItem(node) ?? new vscode.TreeItem(''),
      getParent: (node) => loaded.search?.view.getParent(node),
      resolveTreeItem: (item, node) => loaded.search?.view.resolveTreeItem(item, node) ?? item,
    },
  });
  return vscode.Disposable.from(lazyCommands(commands, search, parts.log), view, search, changed);
}
