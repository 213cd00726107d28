import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';
import { pickFolder } from '../files/pickFolder.js';
import { findVideos } from '../files/pickVideo.js';
import { requireFile } from '../files/requireFile.js';
import { showProblem } from '../showProblem.js';
import { runMany } from './runMany.js';

const documentName = 'videochat-summaries.md';

/** Summarises the clips of a folder that is given or chosen, and of the folders in it, in one document that grows. */
export async function summarizeFolder(parts: ExtensionParts, given?: vscode.Uri): Promise<void> {
  try {
    const folder = given ?? (await pickFolder(vscode.l10n.t('Choose a folder of videos')));
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
