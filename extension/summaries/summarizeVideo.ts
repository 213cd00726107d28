import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type Chapter, type SummaryKind, writeFfmetadata } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { requireFile } from '../files/requireFile.js';
import { pickVideo } from '../files/pickVideo.js';
import { saveText } from '../files/saveText.js';
import { showProblem } from '../showProblem.js';
import { documentStyle } from './links.js';
import { stageText } from './progressText.js';
import { runMany } from './runMany.js';
import { clipSummarizer } from './summarizeClip.js';
import { writeEntry } from './summaryDocument.js';

/** Summarises clips that are given, or one that the person chooses, in a new Markdown document. */
export async function summarizeVideo(parts: ExtensionParts, given: readonly vscode.Uri[], kind: SummaryKind = 'brief'): Promise<void> {
  try {
    const chosen = given.length > 0 ? given : [await pickVideo({ title: titleOf(kind) })].filter((uri) => uri !== undefined);
    chosen.forEach(requireFile);
    const [uri, another] = chosen;
    if (uri && another && kind === 'brief') {
      const clips = chosen.map((each) => ({ path: each.fsPath, name: vscode.workspace.asRelativePath(each) }));
      await runMany(parts, { clips, title: vscode.l10n.t('Summaries'), file: undefined });
    } else if (uri) {
      await summarizeOne(parts, uri, kind);
    }
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

async function summarizeOne({ server, settings }: ExtensionParts, uri: vscode.Uri, kind: SummaryKind): Promise<void> {
  const { t } = vscode.l10n;
  const name = basename(uri.fsPath);
  const title = kind === 'chapters' ? t('Making chapters of {0}', name) : t('Summarizing {0}', name);
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const summary = await vscode.window.withProgress(progress, (bar, token) =>
    clipSummarizer(server, settings, t)({
      path: uri.fsPath,
      token,
      kind,
      onProgress: (value) => bar.report({ message: stageText(value, t) }),
    }),
  );
  if (summary) {
    const style = documentStyle(() => uri, undefined);
    // The one clip is what the document is about.
    const content = writeEntry({ kind: 'summary', name, summary }, style).replace(/^## /, '# ').replace(/^<!-- videochat .*-->\n/m, '');
    const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
    await vscode.window.showTextDocument(document, { preview: false });
    if (kind === 'chapters') {
      await offerChapters(uri, summary.chapters ?? []);
    }
  }
}

/** Chapters can go into the clip by ffmpeg, from a file that it reads. */
async function offerChapters(uri: vscode.Uri, chapters: readonly Chapter[]): Promise<void> {
  const { t } = vscode.l10n;
  const save = t('Save for ffmpeg…');
  if ((await vscode.window.showInformationMessage(t('{0} chapters were found.', chapters.length), save)) === save) {
    const beside = vscode.Uri.file(`${uri.fsPath.replace(/\.[^./\\]*$/, '')}.chapters.txt`);
    await saveText(writeFfmetadata(chapters), beside, { [t('Chapters for ffmpeg')]: ['txt', 'ffmetadata'] });
  }
}

function titleOf(kind: SummaryKind): string {
  const { t } = vscode.l10n;
  return { brief: t('VideoChat: Summarize Video'), detailed: t('VideoChat: Summarize Video in Detail'), chapters: t('VideoChat: Make Chapters') }[kind];
}
