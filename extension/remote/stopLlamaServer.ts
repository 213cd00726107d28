import * as vscode from 'vscode';
import { ModelListRequest, ModelUnloadRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { showProblem } from '../showProblem.js';

/** Ends what llama-server runs for us, and frees its memory; the next question starts it again. */
export async function stopLlamaServer({ server, log }: ExtensionParts): Promise<void> {
  try {
    const client = server.running()?.client;
    const { models } = client ? await client.request(ModelListRequest, {}) : { models: [] };
    const running = models.filter(({ remote, state }) => remote?.kind === 'llama-server' && (state === 'ready' || state === 'loading'));
    if (!client || running.length === 0) {
      void vscode.window.showInformationMessage(vscode.l10n.t('No llama-server of VideoChat runs.'));
      return;
    }
    await Promise.all(running.map(({ id }) => client.request(ModelUnloadRequest, { modelId: id })));
    void vscode.window.showInformationMessage(vscode.l10n.t('llama-server was stopped. The next question to {0} starts it again.', running.map(({ name }) => name).join(', ')));
  } catch (error) {
    void showProblem(error, log);
  }
}
