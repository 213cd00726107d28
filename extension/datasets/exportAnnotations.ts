import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { type DatasetExportParams, DatasetExportRequest, type DatasetFormatName } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';
import type { CurrentDataset } from './currentDataset.js';
import { endingsOf, isPerClip, pickFormat, titleOf } from './exchangeFormats.js';
import { pickFolder } from './newDataset.js';

/** Writes the current dataset in the format of another tool. @throws VideoChatError */
export async function exportAnnotations(server: ServerController, dataset: CurrentDataset): Promise<void> {
  const { t } = vscode.l10n;
  const summary = await dataset.summary();
  const format = summary && (await pickFormat(t('Export Annotations')));
  if (!summary || !format) {
    return;
  }
  const split = await pickSplit((summary.manifest.splits ?? []).map(({ name }) => name));
  const out = split && (await pickTarget(summary.path, format, split.name));
  if (!split || out === undefined) {
    return;
  }
  const params: DatasetExportParams = { dataset: summary.path, format, out, ...(split.name === undefined ? {} : { split: split.name }) };
  const options = { location: vscode.ProgressLocation.Notification, title: t('Exporting {0}', titleOf(format)), cancellable: true };
  const { items, documents, lost } = await vscode.window.withProgress(options, async (bar, token) => {
    const { client } = await server.client();
    let before = 0;
    return client.request(DatasetExportRequest, params, {
      token,
      onProgress: ({ done, total }) => {
        const share = Math.floor((100 * done) / Math.max(1, total));
        bar.report({ increment: Math.max(0, share - before), message: `${done}/${total}` });
        before = Math.max(before, share);
      },
    });
  });
  const missing = lost.length === 0 ? '' : ` ${t('Left out: {0}.', lost.map(({ what, count }) => `${what} (${count})`).join(', '))}`;
  const open = t('Open');
  const buttons = isPerClip(format) ? [] : [open];
  if ((await vscode.window.showInformationMessage(t('Exported {0} items of {1} documents.', items, documents) + missing, ...buttons)) === open) {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(out));
  }
}

async function pickSplit(names: readonly string[]): Promise<{ name?: string } | undefined> {
  if (names.length === 0) {
    return {};
  }
  const all = { label: vscode.l10n.t('All clips') };
  const chosen = await vscode.window.showQuickPick([all, ...names.map((label) => ({ label }))], {
    title: vscode.l10n.t('Export Annotations'),
    placeHolder: vscode.l10n.t('Clips to export'),
  });
  return chosen && (chosen === all ? {} : { name: chosen.label });
}

async function pickTarget(folder: string, format: DatasetFormatName, split: string | undefined): Promise<string | undefined> {
  const title = vscode.l10n.t('Export Annotations');
  if (isPerClip(format)) {
    return (await pickFolder(title))?.fsPath;
  }
  const [ending = 'json'] = endingsOf(format);
  const name = [basename(folder), ...(split === undefined ? [] : [split]), format].join('-').replace(/[^\p{L}\p{N}._-]+/gu, '-');
  const chosen = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(join(folder, `${name}.${ending}`)),
    filters: { [titleOf(format)]: endingsOf(format), [vscode.l10n.t('All files')]: ['*'] },
  });
  return chosen?.fsPath;
}
