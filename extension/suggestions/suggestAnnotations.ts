import { basename, relative } from 'node:path';
import * as vscode from 'vscode';
import { type AnnotateBatchParams, answersQuestions, asksModel, datasetFileName, type ModelInfo, ModelListRequest, type SuggestTask } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { pickFolder } from '../files/pickFolder.js';
import { requireFile } from '../files/requireFile.js';
import { modelFor } from '../models/modelFor.js';
import { showProblem } from '../showProblem.js';
import { showBatchEnd, type BatchWish } from './showBatchEnd.js';
import { type BatchEnd, suggestBatch } from './suggestBatch.js';

/** Lets a model suggest annotations for all clips of a dataset or folder that is given or chosen. */
export async function suggestAnnotations(parts: ExtensionParts, given?: vscode.Uri): Promise<void> {
  try {
    const folder = given ?? (await pickFolder(vscode.l10n.t('Choose a dataset or a folder of videos'), datasetFolders()));
    if (!folder) {
      return;
    }
    requireFile(folder);
    const task = await pickTask();
    const modelId = task && (asksModel(task) ? await pickModel(parts) : '');
    if (!task || modelId === undefined) {
      return;
    }
    const { sampling } = parts.settings.values;
    const asked = modelId === '' ? {} : { modelId, ...(Object.keys(sampling).length > 0 ? { sampling } : {}) };
    await runUntilDone(parts, { path: folder.fsPath, task, ...asked });
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

/** Runs a batch, and again as long as the person wants to go on with it. */
async function runUntilDone(parts: ExtensionParts, params: AnnotateBatchParams): Promise<void> {
  let next: BatchWish | undefined = 'resume';
  while (next !== undefined) {
    next = await showBatchEnd(await runOnce(parts, { ...params, resume: next === 'resume' }), params.path);
  }
}

function runOnce({ server }: ExtensionParts, params: AnnotateBatchParams): Thenable<BatchEnd> {
  const title = vscode.l10n.t('Suggesting annotations: {0}', basename(params.path));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, (bar, token) => {
    let reported = 0;
    return suggestBatch({
      server,
      params,
      token,
      report: (progress) => {
        const { done, total, videoPath } = progress;
        const increment = total > 0 ? ((done - reported) / total) * 100 : 0;
        reported = done;
        const what = progress.kind === 'step' ? ` (${progress.what})` : '';
        bar.report({ increment, message: `${done}/${total} ${relative(params.path, videoPath)}${what}` });
      },
    });
  });
}

/** Datasets of the workspace. */
async function datasetFolders(): Promise<vscode.Uri[]> {
  const manifests = await vscode.workspace.findFiles(`**/${datasetFileName}`, '**/node_modules/**', 100);
  return manifests.filter(({ scheme }) => scheme === 'file').map((uri) => vscode.Uri.joinPath(uri, '..'));
}

async function pickTask(): Promise<SuggestTask | undefined> {
  const { t } = vscode.l10n;
  const items: (vscode.QuickPickItem & { task: SuggestTask })[] = [
    { task: 'denseCaption', label: t('Dense captions'), detail: t('Segments with captions, one after the other, over each clip') },
    { task: 'caption', label: t('Captions of segments'), detail: t('For segments that have none') },
    { task: 'shots', label: t('Segments from shots'), detail: t('A segment from cut to cut; no model is asked') },
    { task: 'timeline', label: t('Events of the timeline'), detail: t('Segments of what is noticed: objects, text, speech, people; no model is asked') },
    { task: 'labels', label: t('Labels of segments'), detail: t('Chosen from the labels of the dataset, for segments that have none') },
    { task: 'questions', label: t('Questions and answers'), detail: t('About each clip as a whole') },
    { task: 'conversation', label: t('Conversations'), detail: t('A conversation about each clip, and a description where there is none') },
    { task: 'description', label: t('Descriptions'), detail: t('What each clip shows, where nobody has said so') },
  ];
  const options = { title: t('VideoChat: Suggest Annotations'), placeHolder: t('What a model is to suggest; people accept or reject it'), matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.task;
}

/** The model to ask: where there is a choice, the person's, the usual one first. */
async function pickModel({ server, settings }: ExtensionParts): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const { models, usual } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: t('Looking for models') }, async () => {
    const { client } = await server.client();
    return { models: (await client.request(ModelListRequest, {})).models, usual: await modelFor(client, settings.values.model, t) };
  });
  const usable = [usual, ...models.filter((model) => model.id !== usual.id && model.problem === undefined && answersQuestions(model))];
  if (usable.length === 1) {
    return usual.id;
  }
  const options = { title: t('VideoChat: Suggest Annotations'), placeHolder: t('The model to ask') };
  return (await vscode.window.showQuickPick(usable.map(toItem), options))?.id;
}

function toItem({ id, name, demonstration, description }: ModelInfo): vscode.QuickPickItem & { id: string } {
  return { id, label: name, description: demonstration ? `${id} · ${vscode.l10n.t('demonstration')}` : id, detail: description };
}
