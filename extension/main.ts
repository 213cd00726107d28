import * as vscode from 'vscode';
import { registerAnnotate } from './annotate/registerAnnotate.js';
import { registerChat } from './chat/registerChat.js';
import { registerAssistant } from './assistant/registerAssistant.js';
import type { ExtensionParts } from './context.js';
import { registerDatasets } from './datasets/registerDatasets.js';
import { uriHandler } from './files/uriHandler.js';
import { createLogger } from './log.js';
import { ModelOffer } from './models/modelOffer.js';
import { registerModels } from './models/registerModels.js';
import { selectModel } from './models/selectModel.js';
import { registerMoments } from './moments/registerMoments.js';
import { registerPacks } from './packs/registerPacks.js';
import { editorAnswer, registerRemote, tellRemoteModels } from './remote/registerRemote.js';
import { registerSearch } from './search/registerSearch.js';
import { announceFailure, restartServer } from './server/announceFailure.js';
import { hubEnvironment } from './server/hubEnvironment.js';
import { offerRestart } from './server/offerRestart.js';
import { ServerSupervisor } from './server/serverSupervisor.js';
import { startServer } from './server/startServer.js';
import { trustRefusal } from './server/trust.js';
import { createSettings } from './settings/settings.js';
import { copyDiagnostics } from './status/copyDiagnostics.js';
import { showStatus } from './status/showStatus.js';
import { StatusBar } from './status/statusBar.js';
import { registerSuggestions } from './suggestions/registerSuggestions.js';
import { registerSummaries } from './summaries/registerSummaries.js';

let server: ServerSupervisor | undefined;

/** Only registrations: nothing is started, read or drawn before it is needed. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('VideoChat', { log: true });
  const logger = createLogger(log);
  const settings = createSettings(context, log);
  const { version } = context.extension.packageJSON as { version: string };
  server = new ServerSupervisor({
    start: async (options) => {
      const client = await startServer({
        ...options,
        serverPath: vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.mjs').fsPath,
        settings: settings.values.server,
        env: hubEnvironment(settings.values.hub, vscode.workspace.getConfiguration('http')),
        locale: vscode.env.language,
        version,
        log: logger.log,
        observer: statusBar,
        editor: editorAnswer(context),
      });
      await tellRemoteModels(client, parts);
      return client;
    },
    refusal: trustRefusal,
    log: logger.log,
    t: vscode.l10n.t,
  });
  const statusBar = new StatusBar(server);
  const modelsChanged = new vscode.EventEmitter<void>();
  const parts: ExtensionParts = { context, server, settings, log, modelsChanged };
  const commands = {
    'videochat.restartServer': () => restartServer(parts.server),
    'videochat.showLog': () => log.show(),
    'videochat.copyDiagnostics': () => copyDiagnostics(parts, logger),
    'videochat.selectModel': () => selectModel(parts),
    'videochat.showStatus': showStatus,
  };
  const offer = new ModelOffer(parts);
  const chat = registerChat(parts, () => offer.chatOpened());
  const annotators = registerAnnotate(parts, () => chat.currentClips());
  context.subscriptions.push(
    log,
    settings,
    modelsChanged,
    statusBar,
    announceFailure(server),
    offerRestart(settings, server),
    vscode.window.registerUriHandler(uriHandler),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    chat,
    annotators,
    registerModels(parts),
    registerRemote(parts),
    registerPacks(parts),
    registerDatasets(parts, annotators),
    registerSearch(parts),
    registerSuggestions(parts),
    registerMoments(parts, () => chat.currentClips()),
    registerSummaries(parts),
    registerAssistant(parts, () => chat.currentClips()),
  );
}

/** VS Code waits for this: the server and its children are gone when it returns. */
export async function deactivate(): Promise<void> {
  await server?.dispose();
}
