import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import { PackListRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { toProblem } from '../showProblem.js';

const offeredKey = 'videochat.gpuPackOffered';

/** Offers once the pack for language models, where there is an NVIDIA card and the pack is not here. Everything works without. */
export async function offerGpuPack({ context, server, log }: ExtensionParts): Promise<void> {
  const { t } = vscode.l10n;
  const { globalState } = context;
  if (globalState.get(offeredKey) === true) {
    return;
  }
  try {
    const { client } = await server.client();
    const { packs, card, enabled } = await client.request(PackListRequest, {});
    const pack = packs.find(({ part, suggested, state }) => part === 'language' && suggested && state === 'absent');
    if (!pack || !card || !enabled) {
      return;
    }
    await globalState.update(offeredKey, true);
    const [add, notNow] = [t('Add GPU Pack…'), t('Not Now')];
    const size = pack.bytes === undefined ? '' : ` (${formatBytes(pack.bytes)})`;
    const text = t('Language models can run on the {0}, with a pack of libraries that is downloaded{1}.', card.name, size);
    if ((await vscode.window.showInformationMessage(text, add, notNow)) === add) {
      await vscode.commands.executeCommand('videochat.addGpuPack', { packId: pack.id });
    }
  } catch (error) {
    // The panel says what is wrong with the server; an offer can wait.
    log.debug(`No GPU pack was offered: ${toProblem(error).message}`);
  }
}
