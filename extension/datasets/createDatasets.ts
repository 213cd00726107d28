import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Annotators } from '../annotate/reviewQueue.js';
import type { ExtensionParts } from '../context.js';
import { pickFilter } from './clipFilter.js';
import { compareAnnotators } from './compareAnnotators.js';
import { CurrentDataset } from './currentDataset.js';
import { type DatasetTree, DatasetView } from './datasetView.js';
import { exportAnnotations } from './exportAnnotations.js';
import { importAnnotations } from './importAnnotations.js';
import { newDataset } from './newDataset.js';
import type { DatasetCommand } from './registerDatasets.js';
import { ReviewRun } from './reviewRun.js';
import { DatasetProblems } from './validateDataset.js';

const clip = z.object({ documentPath: z.string(), videoPath: z.string() });

/** What is done with the clips of a dataset. */
export interface Datasets extends vscode.Disposable {
  view: DatasetView;
  run(command: DatasetCommand, argument: unknown): Promise<void>;
}

/** The dataset of this window. Nothing is read before the view or a command asks. */
export function createDatasets({ context, server }: ExtensionParts, annotators: Annotators, tree: DatasetTree): Datasets {
  const { t } = vscode.l10n;
  const dataset = new CurrentDataset(server, context.workspaceState);
  const view = new DatasetView(dataset, tree);
  const problems = new DatasetProblems();
  let review: { dispose(): void | Promise<void> } | undefined;

  const filter = async (): Promise<void> => {
    const summary = await dataset.summary();
    const chosen = summary && (await pickFilter(summary, view.filter, { title: t('Filter Clips') }));
    if (chosen) {
      view.setFilter(chosen);
    }
  };
  const startReview = async (): Promise<void> => {
    const summary = await dataset.compared();
    const chosen = summary && (await pickFilter(summary, view.filter, { title: t('Start Review'), forReview: true }));
    if (!chosen) {
      return;
    }
    await review?.dispose();
    const run = new ReviewRun(dataset, chosen, (seen) => {
      void review?.dispose();
      review = undefined;
      void vscode.window.showInformationMessage(t('The review is done: {0} items were looked at.', seen));
    });
    review = await annotators.useReview(run);
    if (!(await run.start())) {
      await review.dispose();
      review = undefined;
      void vscode.window.showInformationMessage(t('There is nothing to review.'));
    }
  };
  const select = async (): Promise<void> => {
    const browse = { label: `$(folder-opened) ${t('Browse…')}`, path: '' };
    const items = (await dataset.candidates()).map((path) => ({ label: `$(database) ${vscode.workspace.asRelativePath(path)}`, description: path, path }));
    const chosen = await vscode.window.showQuickPick([...items, browse], { title: t('Select Dataset'), matchOnDescription: true });
    const path = chosen === browse ? (await vscode.window.showOpenDialog({ title: t('Select Dataset'), canSelectFolders: true, canSelectFiles: false }))?.[0]?.fsPath : chosen?.path;
    if (path !== undefined) {
      view.setFilter({});
      await dataset.choose(path);
    }
  };
  const openClip = async (entry: unknown): Promise<void> => {
    const { success, data } = clip.safeParse(entry);
    if (success) {
      const isThere = await stat(data.documentPath).then(() => true, () => false);
      await (isThere
        ? vscode.commands.executeCommand('videochat.annotate.reveal', data.documentPath)
        : vscode.commands.executeCommand('videochat.annotateVideo', vscode.Uri.file(data.videoPath)));
    }
  };
  /** With the current dataset; without one, the person is told how to get one. */
  const withDataset = (run: (folder: string) => Promise<unknown>) => async (): Promise<void> => {
    const folder = await dataset.folder();
    if (folder !== undefined) {
      await run(folder);
      return;
    }
    const create = t('New Dataset');
    if ((await vscode.window.showInformationMessage(t('There is no dataset in this workspace.'), create)) === create) {
      await newDataset(dataset);
    }
  };
  const handlers: Record<DatasetCommand, (argument: unknown) => Promise<void>> = {
    'videochat.newDataset': () => newDataset(dataset),
    'videochat.selectDataset': select,
    'videochat.refreshDataset': async () => dataset.refresh(),
    'videochat.filterDataset': withDataset(filter),
    'videochat.clearDatasetFilter': async () => view.setFilter({}),
    'videochat.validateDataset': withDataset((folder) => problems.validate(server, folder)),
    'videochat.importAnnotations': () => importAnnotations(server, dataset),
    'videochat.exportAnnotations': withDataset(() => exportAnnotations(server, dataset)),
    'videochat.startReview': withDataset(startReview),
    'videochat.annotatorAgreement': () => compareAnnotators(server, dataset),
    'videochat.openDatasetClip': openClip,
    'videochat.showMoreClips': async (folder) => view.showMore(String(folder)),
  };
  const parts = vscode.Disposable.from(view, problems, dataset, { dispose: () => void review?.dispose() });
  return { view, run: (command, argument) => handlers[command](argument), dispose: () => void parts.dispose() };
}
