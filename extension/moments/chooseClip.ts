import * as vscode from 'vscode';
import { localPath } from '../files/localPath.js';
import { clipsToOpen } from '../files/clipsToOpen.js';

/** The clip that a command is about: what was clicked, else the one of the conversation in front, else one that the person chooses. */
export async function chooseClip(given: vscode.Uri | undefined, current: readonly string[], title: string): Promise<string | undefined> {
  if (given) {
    return localPath(given) ?? (await clipsToOpen([given], { title }))[0];
  }
  if (current.length > 1) {
    const items = current.map((path) => ({ label: vscode.workspace.asRelativePath(path), path }));
    return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Which clip?') }))?.path;
  }
  return current[0] ?? (await clipsToOpen([], { title }))[0];
}
