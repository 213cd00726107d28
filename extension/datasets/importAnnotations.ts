import { basename, dirname, extname } from 'node:path';
import * as vscode from 'vscode';
import { DatasetImportRequest, type DatasetImportResult } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';
import type { CurrentDataset } from './currentDataset.js';
import { pickFormat } from './exchangeFormats.js';
import { pickFolder } from './newDataset.js';

/** Takes a file of another tool into the current dataset, or into a folder that is chosen. @throws VideoChatError */
export async function importAnnotations(server: ServerController, dataset: CurrentDataset): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Import Annotations');
  const [file] = (await vscode.window.showOpenDialog({ title, canSelectFiles: true, canSelectFolders: process.platform !== 'linux', openLabel: t('Import') })) ?? [];
  const format = file && (await pickFormat(title, extname(file.fsPath).slice(1).toLowerCase()));
  if (!file || !format) {
    return;
  }
  const current = await dataset.folder();
  const folder = current ?? (await pickFolder(t('Folder of the Dataset')))?.fsPath;
  const mediaFolder = folder === undefined ? undefined : await pickMediaFolder(folder, file.fsPath);
  if (folder === undefined || mediaFolder === undefined) {
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title: t('Importing {0}', basename(file.fsPath)), cancellable: true };
  const result = await vscode.window.withProgress(options, async (bar, token) => {
    const { client } = await server.client();
    let before = 0;
    return client.request(DatasetImportRequest, { file: file.fsPath, format, mediaFolder, dataset: folder }, {
      token,
      onProgress: ({ done, bytes, totalBytes }) => {
        const share = Math.floor((100 * bytes) / Math.max(1, totalBytes));
        bar.report({ increment: Math.max(0, share - before), message: done > 0 ? t('{0} items written', done) : `${share} %` });
        before = Math.max(before, share);
      },
    });
  });
  await (current === undefined ? dataset.choose(folder) : dataset.refresh());
  await tell(result, basename(file.fsPath));
}

async function pickMediaFolder(dataset: string, file: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const browse = { label: `$(folder-opened) ${t('Browse…')}`, path: '' };
  const known = [...new Set([dataset, dirname(file)])].map((path) => ({ label: `$(folder) ${basename(path)}`, description: path, path }));
  const chosen = await vscode.window.showQuickPick([...known, browse], {
    title: t('Import Annotations'),
    placeHolder: t('Folder that the names of clips in the file are relative to'),
  });
  return chosen === browse ? (await pickFolder(t('Folder of the Clips')))?.fsPath : chosen?.path;
}

async function tell({ items, documents, skipped, missingMedia, problems }: DatasetImportResult, name: string): Promise<void> {
  const { t } = vscode.l10n;
  const parts = [
    t('{0} items in {1} documents', items, documents),
    ...(skipped > 0 ? [t('{0} not understood or left out', skipped)] : []),
    ...(missingMedia > 0 ? [t('{0} clips are not in the media folder', missingMedia)] : []),
  ];
  const text = t('Imported {0}: {1}.', name, parts.join(', '));
  const details = t('Show Details');
  const isFine = problems.length === 0;
  const answer = isFine ? await vscode.window.showInformationMessage(text) : await vscode.window.showWarningMessage(text, details);
  if (answer === details) {
    const content = problems.map(({ index, message }) => `${index}: ${message.replaceAll('\n', ' ')}`).join('\n');
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
  }
}
