import * as vscode from 'vscode';
import type { Annotators } from '../annotate/reviewQueue.js';
import { Lazy } from '../../server/common/lazy.js';
import type { ExtensionParts } from '../context.js';
import { lazyCommands } from '../lazyCommands.js';
import type { Datasets } from './createDatasets.js';
import type { DatasetNode } from './datasetView.js';

const commands = [
  'videochat.newDataset',
  'videochat.selectDataset',
  'videochat.refreshDataset',
  'videochat.filterDataset',
  'videochat.clearDatasetFilter',
  'videochat.validateDataset',
  'videochat.importAnnotations',
  'videochat.exportAnnotations',
  'videochat.startReview',
  'videochat.annotatorAgreement',
  'videochat.openDatasetClip',
  'videochat.showMoreClips',
] as const;
export type DatasetCommand = (typeof commands)[number];

/** Datasets: their tree, and what is done with all of their clips. They are loaded when the tree is shown, or a command is run. */
export function registerDatasets(parts: ExtensionParts, annotators: Annotators): vscode.Disposable {
  const changed = new vscode.EventEmitter<DatasetNode | undefined>();
  const view = vscode.window.createTreeView<DatasetNode>('videochat.dataset', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (node) => (await datasets.get()).view.getChildren(node),
      getTreeItem: async (node) => (await datasets.get()).view.getTreeItem(node),
    },
  });
  const datasets: Lazy<Datasets> = new Lazy(async () => {
    const { createDatasets } = await import('../onDemand.js');
    return createDatasets(parts, annotators, { view, changed });
  });
  return vscode.Disposable.from(lazyCommands(commands, datasets, parts.log), view, datasets, changed);
}
