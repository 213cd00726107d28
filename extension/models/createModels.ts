import * as vscode from 'vscode';
import { renderPhrase } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { isCancelled, toProblem } from '../showProblem.js';
import { Catalogue } from './catalogue.js';
import { Downloads } from './downloads.js';
import { DownloadStatus } from './downloadStatus.js';
import { AvailableGroup } from './groups/availableGroup.js';
import { DownloadsGroup } from './groups/downloadsGroup.js';
import { HereGroup } from './groups/hereGroup.js';
import { PacksGroup } from './groups/packsGroup.js';
import { ModelCommands } from './modelCommands.js';
import type { ModelGroup, ModelTree } from './modelNode.js';
import type { ModelFacts } from './modelRow.js';
import { ModelsView } from './modelsView.js';
import type { ModelCommand } from './registerModels.js';

/** Rows are drawn so often while bytes come. */
const drawMs = 250;

/** The view of models, and what its commands do. */
export interface Models extends vscode.Disposable {
  view: ModelsView;
  run(command: ModelCommand, argument: unknown): Promise<void>;
}

export function createModels(parts: ExtensionParts, tree: ModelTree): Models {
  const { server, settings, modelsChanged } = parts;
  const client = async () => (await server.client()).client;
  const catalogue = new Catalogue(client, () => settings.values.model);
  const status = new DownloadStatus(catalogue);
  const downloads = new Downloads(client, (entryId, what) => follow(entryId, what));

  const facts = (entryId: string): ModelFacts | undefined => {
    const entry = catalogue.entry(entryId);
    const modelId = entry?.installed?.modelId;
    return entry && {
      entry,
      download: downloads.get(entryId),
      failure: failureText(downloads.failure(entryId)),
      answers: modelId !== undefined && modelId === catalogue.answering,
      canAnswer: modelId !== undefined && catalogue.canAnswer(modelId),
    };
  };
  const coming = new DownloadsGroup(catalogue, facts);
  const groups: readonly ModelGroup[] = [new HereGroup(catalogue, facts), coming, new AvailableGroup(catalogue, facts), new PacksGroup(client)];
  const view = new ModelsView(catalogue, groups, tree, parts.log);

  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    status.show(downloads.all);
    const count = downloads.all.length;
    tree.view.badge = count === 0 ? undefined : { value: count, tooltip: vscode.l10n.t('Downloads: {0}', count) };
    downloads.all.map(({ entryId }) => coming.find(entryId)).forEach((node) => node && view.redraw(node));
  };
  const follow = (entryId: string, what: 'began' | 'progress' | 'ended'): void => {
    if (what === 'progress') {
      timer ??= setTimeout(draw, drawMs);
      return;
    }
    draw();
    if (what === 'ended') {
      view.refresh();
    } else {
      // The row moves to the downloads: the eye follows it.
      view.redraw();
      const node = coming.find(entryId);
      void (node && tree.view.visible && Promise.resolve(tree.view.reveal(node, { select: true, focus: false })).catch(() => undefined));
    }
  };
  const commands = new ModelCommands(parts, { tree, view, catalogue, downloads, facts });
  const subscriptions = vscode.Disposable.from(
    view,
    status,
    downloads,
    modelsChanged.event(() => view.refresh()),
    { dispose: settings.onDidChange((_, changed) => changed.includes('model') && view.refresh()).dispose },
    { dispose: server.onDidChangeState(({ state }) => (state === 'ready' || state === 'failed') && !view.isLoading && view.refresh()).dispose },
    { dispose: () => clearTimeout(timer) },
  );
  return { view, run: (command, argument) => commands.run(command, argument), dispose: () => void subscriptions.dispose() };
}

function failureText(error: unknown): string | undefined {
  return error === undefined || isCancelled(error) ? undefined : renderPhrase(toProblem(error).phrases.message, vscode.l10n.t);
}
