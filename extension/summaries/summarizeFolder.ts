import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';
import { findVideos } from '../files/pickVideo.js';
import { requireFile } from '../files/requireFile.js';
import { showProblem } from '../showProblem.js';
import { runMany } from './runMany.js';

const documentName = 'videochat-summaries.md';

/** Summarises the clips of a folder that is given or chosen, and of the folders in it, in one document that grows. */
export async function summarizeFolder(parts: ExtensionParts, given?: vscode.Uri): Promise<void> {
  try {
    const folder = given ?? (await pickFolder());
    if (!folder) {
      return;
    }
    requireFile(folder);
    const uris = await findVideos(false, undefined, folder);
    if (uris.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('There are no videos in {0}.', basename(folder.fsPath)));
      return;
    }
    const clips = uris.map(({ fsPath }) => ({ path: fsPath, name: relative(folder.fsPath, fsPath).split(sep).join('/') }));
    const title = vscode.l10n.t('Summaries of {0}', basename(folder.fsPath));
    await runMany(parts, { clips, title, file: vscode.Uri.joinPath(folder, documentName) });
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

interface Item extends vscode.QuickPickItem {
  folder?: vscode.Uri;
}

/** Folders of the workspace that hold videos, or any other. */
async function pickFolder(): Promise<vscode.Uri | undefined> {
  const browse: Item = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, alwaysShow: true };
  const placeHolder = vscode.l10n.t('Choose a folder of videos');
  const chosen = await vscode.window.showQuickPick<Item>(foldersWithVideos().then((items) => [...items, browse]), { placeHolder });
  if (chosen !== browse) {
    return chosen?.folder;
  }
  const opened = await vscode.window.showOpenDialog({ title: placeHolder, canSelectFolders: true, canSelectFiles: false });
  return opened?.[0];
}

async function foldersWithVideos(): Promise<Item[]> {
  const counts = new Map<string, number>();
  const folders = new Map<string, vscode.Uri>();
  for (const uri of await findVideos(false)) {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
    // A clip counts for its folder and for those around it, up to the workspace's.
    for (let folder = vscode.Uri.joinPath(uri, '..'); root; folder = vscode.Uri.joinPath(folder, '..')) {
      const key = folder.toString();
      folders.set(key, folder);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (key === root.toString() || folder.path.length <= root.path.length) {
        break;
      }
    }
  }
  const items = [...folders].map(([key, folder]) => ({
    folder,
    label: `$(folder) ${basename(folder.fsPath)}`,
    description: `${vscode.workspace.asRelativePath(folder)} · ${vscode.l10n.t('{0} clips', counts.get(key) ?? 0)}`,
  }));
  return items.sort((a, b) => a.folder.path.localeCompare(b.folder.path));
}
