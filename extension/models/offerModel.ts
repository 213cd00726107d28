import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import type { ExtensionParts } from '../context.js';
import { toProblem } from '../showProblem.js';
import { Catalogue } from './catalogue.js';
import { modelToOffer } from './modelToOffer.js';

const offeredKey = 'videochat.modelOffered';

/** Offers once, where only the demonstration is there, the model that suits this machine. Everything works without. */
export async function offerModel({ context, server, settings, log }: ExtensionParts): Promise<void> {
  const { t } = vscode.l10n;
  const { globalState } = context;
  if (globalState.get(offeredKey) === true) {
    return;
  }
  try {
    const catalogue = new Catalogue(async () => (await server.client()).client, () => settings.values.model);
    await catalogue.load();
    const found = modelToOffer(catalogue);
    if (!found) {
      return;
    }
    await globalState.update(offeredKey, true);
    const { entry, bytes } = found;
    const name = bytes === undefined ? entry.name : `${entry.name} (${formatBytes(bytes)})`;
    const [download, choose, notNow] = [t('Download'), t('Choose…'), t('Not Now')];
    const text = t('VideoChat comes with a demonstration model. {0} suits this machine.', name);
    const chosen = await vscode.window.showInformationMessage(text, download, choose, notNow);
    if (chosen === download) {
      await vscode.commands.executeCommand('videochat.downloadModel', { entryId: entry.id });
    } else if (chosen === choose) {
      await vscode.commands.executeCommand('videochat.models.focus');
    }
  } catch (error) {
    // The panel says what is wrong with the server; an offer can wait.
    log.debug(`No model was offered: ${toProblem(error).message}`);
  }
}
