import * as vscode from 'vscode';
import { newestFirst, noteUse } from './newestFirst.js';
import { globOf, imageEndings, videoEndings } from './videoFiles.js';

/** More than anybody scrolls through; typing narrows them down. */
const mostFiles = 5000;

interface Item extends vscode.QuickPickItem {
  uri?: vscode.Uri;
}

/**
 * Lets a person choose one of the workspace's videos, the newest first, or any other file.
 *
 * @param options.images offers pictures too
 * @returns undefined when nothing was chosen
 */
export async function pickVideo(options: { title: string; images?: boolean }): Promise<vscode.Uri | undefined> {
  const browse: Item = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, alwaysShow: true };
  const picker = vscode.window.createQuickPick<Item>();
  picker.title = options.title;
  picker.placeholder = vscode.l10n.t('Choose a video of this workspace, or browse for another');
  picker.matchOnDescription = true;
  picker.busy = true;
  picker.items = [browse];
  const search = new vscode.CancellationTokenSource();
  const chosen = new Promise<Item | undefined>((resolve) => {
    picker.onDidAccept(() => resolve(picker.activeItems[0] ?? picker.selectedItems[0]));
    picker.onDidHide(() => resolve(undefined));
  });
  picker.show();
  const isCancelled = (): boolean => search.token.isCancellationRequested;
  const found = findVideos(options.images ?? false, search.token).then((uris) => newestFirst(uris, isCancelled));
  void found.then(
    (uris) => {
      picker.items = [...uris.map(toItem), browse];
      picker.busy = false;
    },
    () => (picker.busy = false),
  );
  try {
    const item = await chosen;
    const uri = item === browse ? await browseForVideo(options) : item?.uri;
    if (uri) {
      noteUse(uri.fsPath);
    }
    return uri;
  } finally {
    search.cancel();
    search.dispose();
    picker.dispose();
  }
}

/** The workspace's videos, in the order of their paths. */
export async function findVideos(images: boolean, token?: vscode.CancellationToken, base?: vscode.Uri): Promise<vscode.Uri[]> {
  const glob = globOf(images ? [...videoEndings, ...imageEndings] : videoEndings);
  const include = base ? new vscode.RelativePattern(base, glob) : glob;
  const uris = await vscode.workspace.findFiles(include, '**/node_modules/**', mostFiles, token);
  return uris.filter(({ scheme }) => scheme === 'file').sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
}

function toItem(uri: vscode.Uri): Item {
  const path = vscode.workspace.asRelativePath(uri);
  const slash = path.lastIndexOf('/');
  return { uri, label: path.slice(slash + 1), description: slash > 0 ? path.slice(0, slash) : '', iconPath: vscode.ThemeIcon.File };
}

async function browseForVideo({ title, images }: { title: string; images?: boolean }): Promise<vscode.Uri | undefined> {
  const filters: Record<string, string[]> = { [vscode.l10n.t('Videos')]: [...videoEndings, 'ts', 'mts'] };
  if (images) {
    filters[vscode.l10n.t('Pictures')] = imageEndings;
  }
  filters[vscode.l10n.t('All files')] = ['*'];
  const chosen = await vscode.window.showOpenDialog({ title, filters, canSelectMany: false });
  return chosen?.[0];
}
