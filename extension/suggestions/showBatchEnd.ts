import * as vscode from 'vscode';
import { describeBatch, failureReport } from './batchReport.js';
import type { BatchEnd } from './suggestBatch.js';

/** What a person wants next: to go on, or to begin again. */
export type BatchWish = 'resume' | 'anew';

/** Says how a batch ended, with what can be done about it. */
export async function showBatchEnd(end: BatchEnd, folder: string): Promise<BatchWish | undefined> {
  const { t } = vscode.l10n;
  if ('stopped' in end) {
    const { stopped, done, total } = end;
    const resume = t('Resume');
    const message =
      stopped === 'cancelled'
        ? t('Stopped: {0} of {1} clips are done, and stay done.', done, total)
        : t('The server has ended. {0} of {1} clips are done, and stay done.', done, total);
    const chosen = await (stopped === 'cancelled' ? vscode.window.showInformationMessage(message, resume) : vscode.window.showWarningMessage(message, resume));
    return chosen === resume ? 'resume' : undefined;
  }
  const { result } = end;
  const message = describeBatch(result, t);
  const [failures, again, anew] = [t('Show Failures'), t('Try Again'), t('Start Anew')];
  if (result.done + result.skipped < result.clips) {
    const chosen = await vscode.window.showWarningMessage(message, failures, again);
    if (chosen === failures) {
      const content = failureReport(result, folder, t);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }), { preview: false });
    }
    return chosen === again ? 'resume' : undefined;
  }
  if (result.clips === 0) {
    void vscode.window.showInformationMessage(t('There are no videos in {0}.', folder));
    return undefined;
  }
  const chosen = await vscode.window.showInformationMessage(message, ...(result.skipped > 0 ? [anew] : []));
  return chosen === anew ? 'anew' : undefined;
}
