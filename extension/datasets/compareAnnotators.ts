import * as vscode from 'vscode';
import { DatasetAgreementRequest } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';
import { agreementReport } from './agreementReport.js';
import type { CurrentDataset } from './currentDataset.js';

const minIou = 0.5;

/** Writes a report about how far annotators agree: those of the current dataset, or those of folders. @throws VideoChatError */
export async function compareAnnotators(server: ServerController, dataset: CurrentDataset): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('Annotator Agreement');
  const current = await dataset.folder();
  const folders = { label: `$(files) ${t('Folders…')}`, detail: t('One folder for each annotator') };
  const authors = { label: `$(person) ${t('Authors of this dataset')}`, detail: t('Items that name who made or reviewed them') };
  const chosen = current === undefined ? folders : await vscode.window.showQuickPick([authors, folders], { title });
  const paths = chosen === folders ? await pickFolders(title) : chosen && current !== undefined ? [current] : undefined;
  if (!paths) {
    return;
  }
  const options = { location: vscode.ProgressLocation.Notification, title: t('Comparing annotators'), cancellable: true };
  const result = await vscode.window.withProgress(options, async (_bar, token) => {
    const { client } = await server.client();
    return client.request(DatasetAgreementRequest, { paths, minIou }, { token });
  });
  const content = agreementReport(result, minIou, t);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}

async function pickFolders(title: string): Promise<string[] | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title, canSelectFolders: true, canSelectFiles: false, canSelectMany: true, openLabel: vscode.l10n.t('Compare') });
  return chosen?.map(({ fsPath }) => fsPath);
}
