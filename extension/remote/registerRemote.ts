import * as vscode from 'vscode';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import type { EditorAnswer } from '../../server/client/answerEditor.js';
import type { ExtensionParts } from '../context.js';
import { showProblem } from '../showProblem.js';
import { declareRemoteModels, type EndpointKeys } from './remoteModels.js';

const secretPrefix = 'videochat.endpointKey.';
/** The settings that say which models answer elsewhere. */
const remoteSettings: readonly string[] = ['endpoints', 'editorModels', 'llamaServer'];

/** The keys of endpoints, in the editor's secret storage. */
export function endpointKeys({ secrets }: vscode.ExtensionContext): EndpointKeys & { store(endpointId: string, key: string): Thenable<void> } {
  return {
    get: (id) => secrets.get(secretPrefix + id),
    store: (id, key) => (key === '' ? secrets.delete(secretPrefix + id) : secrets.store(secretPrefix + id, key)),
  };
}

/** Has the editor's language models answer for the server; what that takes is loaded when it is first asked for. */
export function editorAnswer(context: vscode.ExtensionContext): EditorAnswer {
  return async (params, token, onProgress) => {
    const { answerForServer, createEditorApi } = await import('../onDemand.js');
    return answerForServer(createEditorApi(context), params, token, onProgress, vscode.l10n.t);
  };
}

/** A server that has just started is told of the models that answer elsewhere. It serves without them. */
export async function tellRemoteModels(client: VideoChatClient, { context, settings, log }: Pick<ExtensionParts, 'context' | 'settings' | 'log'>): Promise<void> {
  try {
    await declareRemoteModels(client, settings.values, endpointKeys(context));
  } catch (error) {
    void showProblem(error, log);
  }
}

/** Commands for models that answer elsewhere; a running server follows the settings and the keys. */
export function registerRemote(parts: ExtensionParts): vscode.Disposable {
  const { context, server, settings } = parts;
  const tell = (): void => {
    const running = server.running();
    if (running) {
      void tellRemoteModels(running.client, parts);
    }
  };
  return vscode.Disposable.from(
    { dispose: settings.onDidChange((_, changed) => (changed.some((key) => remoteSettings.includes(key)) ? tell() : undefined)).dispose },
    context.secrets.onDidChange(({ key }) => (key.startsWith(secretPrefix) ? tell() : undefined)),
    vscode.commands.registerCommand('videochat.addEndpoint', async () => (await import('../onDemand.js')).addEndpoint(parts)),
    vscode.commands.registerCommand('videochat.useEditorModel', async () => (await import('../onDemand.js')).useEditorModel(parts)),
    vscode.commands.registerCommand('videochat.runLlamaServer', async () => (await import('../onDemand.js')).runLlamaServer(parts)),
    vscode.commands.registerCommand('videochat.stopLlamaServer', async () => (await import('../onDemand.js')).stopLlamaServer(parts)),
  );
}
