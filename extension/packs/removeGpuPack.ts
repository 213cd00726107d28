import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import { PackRemoveRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { changingPacks } from './changingPacks.js';
import { choosePack } from './choosePack.js';
import { offerPackRestart } from './tellVerdict.js';

/** Takes a pack off the disk, once a person has said yes. */
export async function removeGpuPack(parts: ExtensionParts, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  await changingPacks(parts, async () => {
    const chosen = await choosePack(parts, argument, 'remove', t('Remove GPU Pack'));
    if (!chosen) {
      return;
    }
    const { name, id, bytesHere, inUse } = chosen.pack;
    const remove = t('Remove');
    const detail = [t('{0} are freed.', formatBytes(bytesHere)), ...(inUse ? [t('Models that run on it are unloaded.')] : [])].join(' ');
    if ((await vscode.window.showWarningMessage(t('Remove {0} from this machine?', name), { modal: true, detail }, remove)) !== remove) {
      return;
    }
    const { client } = await parts.server.client();
    const { freedBytes, restartNeeded } = await client.request(PackRemoveRequest, { packId: id });
    if (restartNeeded) {
      await offerPackRestart(parts, t('{0} is gone. The server still has it loaded until it is restarted.', name));
    } else {
      vscode.window.setStatusBarMessage(t('{0} is gone: {1} are free again.', name, formatBytes(freedBytes)), 5_000);
    }
  });
}
