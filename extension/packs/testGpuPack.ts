import * as vscode from 'vscode';
import { PackProbeRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { changingPacks } from './changingPacks.js';
import { choosePack } from './choosePack.js';
import { tellVerdict } from './tellVerdict.js';

/** Tests a pack again. */
export async function testGpuPack(parts: ExtensionParts, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  await changingPacks(parts, async () => {
    const chosen = await choosePack(parts, argument, 'test', t('Test GPU Pack'));
    if (!chosen) {
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title: t('Testing the GPU pack "{0}"', chosen.pack.name), cancellable: true };
    const verdict = await vscode.window.withProgress(options, async (_, token) => {
      const { client } = await parts.server.client();
      return client.request(PackProbeRequest, { packId: chosen.pack.id }, { token });
    });
    await tellVerdict(parts, chosen.pack, verdict, false);
  });
}
