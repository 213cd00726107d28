import * as vscode from 'vscode';
import { VideoChatClient } from '../server/client/videoChatClient.js';
import { registerChat } from './chat/registerChat.js';
import type { ExtensionParts } from './context.js';
import { ServerSupervisor } from './server/serverSupervisor.js';
import { createSettings } from './settings/settings.js';
import { registerSummaries } from './summaries/registerSummaries.js';

let parts: ExtensionParts | undefined;

/** Only registrations: nothing is started, read or drawn before it is needed. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('VideoChat', { log: true });
  const settings = createSettings(log);
  const server = new ServerSupervisor({
    start: () =>
      VideoChatClient.spawn({
        serverPath: vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.mjs').fsPath,
        onOutput: (line) => log.info(line),
        onLog: (level, message) => log[level](message),
      }),
  });
  parts = { context, server, settings, log };
  context.subscriptions.push(log, settings, registerChat(parts), registerSummaries(parts));
}

/** VS Code waits for this: the server and its children are gone when it returns. */
export async function deactivate(): Promise<void> {
  await parts?.server.dispose();
}
