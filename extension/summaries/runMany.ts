import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';
import { GrowingDocument } from './growingDocument.js';
import { documentStyle } from './links.js';
import { stageText } from './progressText.js';
import { clipSummarizer } from './summarizeClip.js';
import { type Clip, type ManyResult, summarizeMany } from './summarizeMany.js';

export interface ManyRequest {
  clips: readonly Clip[];
  title: string;
  /** Where the document lies; undefined for an untitled one. */
  file: vscode.Uri | undefined;
}

/** Summarises clips into one document, with progress that can be cancelled, and says at the end how it went. */
export async function runMany({ server, settings }: ExtensionParts, { clips, title, file }: ManyRequest): Promise<void> {
  const { t } = vscode.l10n;
  const paths = new Map(clips.map(({ name, path }) => [name, path]));
  const style = documentStyle((name) => vscode.Uri.file(paths.get(name) ?? name), file && vscode.Uri.joinPath(file, '..'));
  const progress = { location: vscode.ProgressLocation.Notification, title: t('Summarizing {0} clips', clips.length), cancellable: true };
  const result = await vscode.window.withProgress(progress, async (bar, token) => {
    // Without a server no document is begun.
    await server.client();
    const document = await GrowingDocument.open(file, title, style);
    let reported = 0;
    return summarizeMany(
      {
        clips,
        done: document.clips,
        token,
        summarize: clipSummarizer(server, settings, t),
        write: (entry) => document.add(entry),
        skip: ({ name }) => document.forgetLine(name),
        hasCopy: ({ name }) => document.hasCopy(name),
        report: ({ name }, index, value) => {
          const stage = value && stageText(value, t);
          if (value && stage === undefined) {
            return;
          }
          const increment = ((index - reported) / clips.length) * 100;
          reported = index;
          bar.report({ increment, message: `${index + 1}/${clips.length} ${name}${stage ? ` (${stage})` : ''}` });
        },
      },
      () => server.state.state === 'failed',
    );
  });
  void vscode.window.showInformationMessage(describeResult(result));
}

function describeResult({ written, failed, skipped, copies, cancelled }: ManyResult): string {
  const { t } = vscode.l10n;
  const parts = [t('{0} summarized', written), ...(skipped > 0 ? [t('{0} were there already', skipped)] : []), ...(copies > 0 ? [t('{0} are copies of others', copies)] : []), ...(failed > 0 ? [t('{0} failed', failed)] : [])];
  const counts = parts.join(', ');
  return cancelled ? t('Stopped: {0}. Run the command again to go on.', counts) : t('Summaries are done: {0}.', counts);
}
