import * as vscode from 'vscode';

/** What a click on the status bar item offers. */
export async function showStatus(): Promise<void> {
  const items = [
    { label: `$(output) ${vscode.l10n.t('Show Log')}`, command: 'videochat.showLog' },
    { label: `$(debug-restart) ${vscode.l10n.t('Restart Server')}`, command: 'videochat.restartServer' },
    { label: `$(symbol-misc) ${vscode.l10n.t('Select Model')}`, command: 'videochat.selectModel' },
    { label: `$(copy) ${vscode.l10n.t('Copy Diagnostics')}`, command: 'videochat.copyDiagnostics' },
    { label: `$(settings-gear) ${vscode.l10n.t('Open Settings')}`, command: 'workbench.action.openSettings', argument: '@ext:videochat.videochat' },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: 'VideoChat' });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command, ...(chosen.argument ? [chosen.argument] : []));
  }
}
