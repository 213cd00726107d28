import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import type { Settings } from '../settings/settings.js';
import { restartServer } from './announceFailure.js';
import type { ServerController } from './serverController.js';

/** Offers to restart a running server when a setting changed that it reads at its start only. */
export function offerRestart(settings: Settings, server: ServerController): Disposable {
  let asking = false;
  const ask = async (): Promise<void> => {
    asking = true;
    const restart = vscode.l10n.t('Restart Server');
    const text = vscode.l10n.t('The change takes effect when the VideoChat server is restarted.');
    const chosen = await vscode.window.showInformationMessage(text, restart);
    asking = false;
    if (chosen === restart) {
      await restartServer(server);
    }
  };
  return settings.onDidChange((_values, changed) => {
    if ((changed.includes('server') || changed.includes('hub')) && server.running() && !asking) {
      void ask();
    }
  });
}
