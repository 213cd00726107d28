import * as vscode from 'vscode';
import type { GpuPack, PackVerdict } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { restartServer } from '../server/announceFailure.js';

/** Says what the test of a pack has shown. */
export async function tellVerdict(parts: ExtensionParts, { name }: GpuPack, { works, message, hint }: PackVerdict, restartNeeded: boolean): Promise<void> {
  const { t } = vscode.l10n;
  if (!works) {
    const text = [t('{0} is not used.', name), message, ...(hint === undefined ? [] : [hint])].join(' ');
    void vscode.window.showWarningMessage(text);
  } else if (restartNeeded) {
    await offerPackRestart(parts, t('{0} works. The server uses it when it is restarted.', name));
  } else {
    void vscode.window.showInformationMessage(t('{0} works and is used from now on.', name));
  }
}

/** The server goes on with what it has loaded until it is restarted. */
export async function offerPackRestart({ server }: ExtensionParts, text: string): Promise<void> {
  const restart = vscode.l10n.t('Restart Server');
  if ((await vscode.window.showInformationMessage(text, restart)) === restart) {
    await restartServer(server);
  }
}
