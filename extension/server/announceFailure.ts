import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import { showProblem } from '../showProblem.js';
import type { ServerController } from './serverController.js';

/** Says once, when the server is given up, what happened, and offers to start it again. */
export function announceFailure(server: ServerController): Disposable {
  return server.onDidChangeState((state) => {
    if (state.state === 'failed') {
      void offer(server, state.error, state.offerCpuOnly);
    }
  });
}

async function offer(server: ServerController, error: Error & { data: { hint?: string } }, offerCpuOnly: boolean): Promise<void> {
  const restart = vscode.l10n.t('Restart Server');
  const cpuOnly = vscode.l10n.t('CPU-Only Mode');
  const showLog = vscode.l10n.t('Show Log');
  const text = error.data.hint ? `${error.message} ${error.data.hint}` : error.message;
  const buttons = offerCpuOnly ? [restart, cpuOnly, showLog] : [restart, showLog];
  const chosen = await vscode.window.showErrorMessage(text, ...buttons);
  if (chosen === showLog) {
    await vscode.commands.executeCommand('videochat.showLog');
  } else if (chosen !== undefined) {
    await restartServer(server, { cpuOnly: chosen === cpuOnly });
  }
}

/** Restarts with a sign of it; a failure that is announced anyway is not reported twice. */
export async function restartServer(server: ServerController, options: { cpuOnly?: boolean } = {}): Promise<void> {
  const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the VideoChat server') };
  try {
    await vscode.window.withProgress(progress, () => server.restart(options));
  } catch (error) {
    if (server.state.state !== 'failed') {
      void showProblem(error);
    }
  }
}
