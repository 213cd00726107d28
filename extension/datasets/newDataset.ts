import { basename } from 'node:path';
import * as vscode from 'vscode';
import { datasetFileName, datasetFormat, datasetVersion } from '../../server/protocol/index.js';
import { requireFile } from '../files/requireFile.js';
import type { CurrentDataset } from './currentDataset.js';

/** Makes a manifest in a folder that is chosen, and opens it. One that is there is only opened. */
export async function newDataset(dataset: CurrentDataset): Promise<void> {
  const folder = await pickFolder(vscode.l10n.t('Folder of the New Dataset'));
  if (!folder) {
    return;
  }
  requireFile(folder);
  const manifest = vscode.Uri.joinPath(folder, datasetFileName);
  const isThere = await vscode.workspace.fs.stat(manifest).then(() => true, () => false);
  if (!isThere) {
    const text = { format: datasetFormat, version: datasetVersion, name: basename(folder.fsPath), media: ['.'], tracks: [{ id: 'main' }], labels: [], splits: [] };
    await vscode.workspace.fs.writeFile(manifest, new TextEncoder().encode(`${JSON.stringify(text, undefined, 2)}\n`));
  }
  await dataset.choose(folder.fsPath);
  await vscode.window.showTextDocument(manifest);
}

/** One of the workspace's folders, or any other. */
export async function pickFolder(title: string): Promise<vscode.Uri | undefined> {
  const [first, ...others] = vscode.workspace.workspaceFolders ?? [];
  const chosen = await vscode.window.showOpenDialog({
    title,
    canSelectFolders: true,
    canSelectFiles: false,
    openLabel: vscode.l10n.t('Choose'),
    ...(first && others.length === 0 ? { defaultUri: first.uri } : {}),
  });
  return chosen?.[0];
}
