import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** Opens a website, after the question where a person wants to be asked. */
export async function openInBrowser(url: URL, question: string, { settings }: Pick<ExtensionParts, 'settings'>): Promise<void> {
  const open = vscode.l10n.t('Open');
  const asks = settings.values.confirmLinks;
  if (!asks || (await vscode.window.showWarningMessage(question, { modal: true, detail: url.href }, open)) === open) {
    await vscode.env.openExternal(vscode.Uri.parse(url.href));
  }
}
