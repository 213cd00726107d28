import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findVideos } from './pickVideo.js';

interface Item extends vscode.QuickPickItem {
  folder?: vscode.Uri;
}

/**
 * Lets a person choose a folder of the workspace that holds videos, or any other.
 *
 * @param first folders to offer before those
 * @returns undefined when nothing was chosen
 */
export async function pickFolder(placeHolder: string, first: Promise<vscode.Uri[]> = Promise.resolve([])): Promise<vscode.Uri | undefined> {
  const browse: Item = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, alwaysShow: true };
  const items = Promise.all([first, foldersWithVideos()]).then(([uris, folders]) => {
    const offered = uris.map((folder): Item => ({ folder, label: `$(database) ${basename(folder.fsPath)}`, description: vscode.workspace.asRelativePath(folder) }));
    const known = new Set(uris.map(String));
    return [...offered, ...folders.filter(({ folder }) => !known.has(String(folder))), browse];
  });
  const chosen = await vscode.window.showQuickPick<Item>(items, { placeHolder });
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
