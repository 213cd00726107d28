import * as vscode from 'vscode';
import { Lazy } from '../../server/common/lazy.js';
import type { ExtensionParts } from '../context.js';
import { lazyCommands } from '../lazyCommands.js';
import type { Models } from './createModels.js';
import type { ModelNode } from './modelNode.js';

const commands = [
  'videochat.refreshModels',
  'videochat.downloadModel',
  'videochat.downloadModelVariant',
  'videochat.pauseDownload',
  'videochat.resumeDownload',
  'videochat.cancelDownload',
  'videochat.useModel',
  'videochat.verifyModel',
  'videochat.removeModel',
  'videochat.importModel',
  'videochat.openModelPage',
  'videochat.copyModelDetails',
  'videochat.setHubToken',
  'videochat.forgetHubToken',
] as const;
export type ModelCommand = (typeof commands)[number];

/** The view of models, and what is done with them. Loaded when the view is shown, or a command is run. */
export function registerModels(parts: ExtensionParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<ModelNode | undefined>();
  const view = vscode.window.createTreeView<ModelNode>('videochat.models', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (node) => (await models.get()).view.getChildren(node),
      getTreeItem: async (node) => (await models.get()).view.getTreeItem(node),
      getParent: async (node) => (await models.get()).view.getParent(node),
    },
  });
  const models: Lazy<Models> = new Lazy(async () => {
    const { createModels } = await import('../onDemand.js');
    return createModels(parts, { view, changed });
  });
  return vscode.Disposable.from(lazyCommands(commands, models, parts.log), view, models, changed);
}
