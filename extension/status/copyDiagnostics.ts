import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { withinTime } from '../../server/common/withinTime.js';
import { type ServerStatus, ServerStatusRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import type { LogTail } from '../log.js';
import { settingKeys } from '../settings/settingKeys.js';
import { writeDiagnostics } from './writeDiagnostics.js';

/** Copies a report for an issue. It works while the server is down; that is when it is needed. */
export async function copyDiagnostics({ context, server }: ExtensionParts, log: LogTail): Promise<void> {
  const { packageJSON } = context.extension as { packageJSON: { version?: string } };
  const text = writeDiagnostics({
    about: {
      VideoChat: packageJSON.version ?? '?',
      [vscode.env.appName]: vscode.version,
      host: `${vscode.env.appHost}${vscode.env.remoteName ? `, ${vscode.env.remoteName}` : ''}`,
      platform: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
      language: vscode.env.language,
      'trusted workspace': String(vscode.workspace.isTrusted),
    },
    serverState: server.state.state,
    status: await askStatus(server.running()?.client),
    settings: chosenSettings(),
    log: log.lines,
    hidden: {
      [homedir()]: '~',
      ...Object.fromEntries((vscode.workspace.workspaceFolders ?? []).map(({ uri }, index) => [uri.fsPath, `<workspace ${index + 1}>`])),
    },
  });
  await vscode.env.clipboard.writeText(text);
  void vscode.window.showInformationMessage(vscode.l10n.t('The diagnostics are in the clipboard. Read them before you share them.'));
}

type Client = NonNullable<ReturnType<ExtensionParts['server']['running']>>['client'];

async function askStatus(client: Client | undefined): Promise<ServerStatus | undefined> {
  let status: ServerStatus | undefined;
  const answer = client?.request(ServerStatusRequest, {}).then((value) => (status = value));
  // A server that hangs is no reason to wait for its report.
  await withinTime(answer ?? Promise.resolve(), 3000);
  return status;
}

function chosenSettings(): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration('videochat');
  const chosen = Object.keys(settingKeys).filter((key) => {
    const { globalValue, workspaceValue, workspaceFolderValue } = configuration.inspect(key) ?? {};
    return globalValue !== undefined || workspaceValue !== undefined || workspaceFolderValue !== undefined;
  });
  return Object.fromEntries(chosen.map((key) => [`videochat.${key}`, configuration.get<unknown>(key)]));
}
