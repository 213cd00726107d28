import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';
import { requireFile } from '../files/requireFile.js';
import { pickVideo } from '../files/pickVideo.js';
import { showProblem } from '../showProblem.js';
import { documentStyle } from './links.js';
import { stageText } from './progressText.js';
import { runMany } from './runMany.js';
import { clipSummarizer } from './summarizeClip.js';
import { writeEntry } from './summaryDocument.js';

/** Summarises clips that are given, or one that the person chooses, in a new Markdown document. */
export async function summarizeVideo(parts: ExtensionParts, given: readonly vscode.Uri[]): Promise<void> {
  try {
    const chosen = given.length > 0 ? given : [await pickVideo({ title: vscode.l10n.t('VideoChat: Summarize Video') })].filter((uri) => uri !== undefined);
    chosen.forEach(requireFile);
    const [uri, another] = chosen;
    if (uri && another) {
      const clips = chosen.map((each) => ({ path: each.fsPath, name: vscode.workspace.asRelativePath(each) }));
      await runMany(parts, { clips, title: vscode.l10n.t('Summaries'), file: undefined });
    } else if (uri) {
      await summarizeOne(parts, uri);
    }
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

async function summarizeOne({ server, settings }: ExtensionParts, uri: vscode.Uri): Promise<void> {
  const name = basename(uri.fsPath);
  const progress = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Summarizing {0}', name), cancellable: true };
  const summary = await vscode.window.withProgress(progress, (bar, token) =>
    clipSummarizer(server, settings, vscode.l10n.t)({
      path: uri.fsPath,
      token,
      onProgress: (value) => bar.report({ message: stageText(value, vscode.l10n.t) }),
    }),
  );
  if (summary) {
    const style = documentStyle(() => uri, undefined);
    // The one clip is what the document is about.
    const content = writeEntry({ kind: 'summary', name, summary }, style).replace(/^## /, '# ').replace(/^<!-- videochat .*-->\n/m, '');
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(document, { preview: false });
  }
}
