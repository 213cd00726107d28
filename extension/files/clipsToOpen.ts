import * as vscode from 'vscode';
import { localPath } from './localPath.js';
import { noteUse } from './newestFirst.js';
import { pickVideo } from './pickVideo.js';

/** More at once is a slip of the hand. */
const mostAtOnce = 20;

/**
 * Local paths of the clips that a person means: those that were given, else one that they choose. They are told where
 * some are left out.
 */
export async function clipsToOpen(given: readonly vscode.Uri[], picker: { title: string; images?: boolean }): Promise<string[]> {
  const { t } = vscode.l10n;
  const chosen = given.length > 0 ? given : [await pickVideo(picker)].filter((one) => one !== undefined);
  const all = chosen.map(localPath).filter((path) => path !== undefined);
  if (all.length < chosen.length) {
    void vscode.window.showWarningMessage(t('VideoChat works with files on this machine only. Save a copy on a disk first.'));
  }
  if (all.length > mostAtOnce) {
    void vscode.window.showWarningMessage(t('Only the first {0} clips are opened.', mostAtOnce));
  }
  const paths = all.slice(0, mostAtOnce);
  paths.forEach((path) => noteUse(path));
  return paths;
}
