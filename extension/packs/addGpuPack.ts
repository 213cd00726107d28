import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import { type GpuPack, type PackListResult, PackPullRequest, type PackPullResult } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { changingPacks } from './changingPacks.js';
import { choosePack } from './choosePack.js';
import { pullText } from './pullText.js';
import { tellVerdict } from './tellVerdict.js';

/** Fetches a pack, tests it, and says how it went. Cancelled, it goes on where it stopped when it is asked for again. */
export async function addGpuPack(parts: ExtensionParts, argument?: unknown): Promise<void> {
  const { t } = vscode.l10n;
  await changingPacks(parts, async () => {
    const chosen = await choosePack(parts, argument, 'add', t('Add GPU Pack'));
    if (!chosen) {
      return;
    }
    const { pack, list } = chosen;
    if (pack.state === 'absent' && !(await confirmed(pack, list))) {
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title: t('GPU pack "{0}"', pack.name), cancellable: true };
    const result = await vscode.window.withProgress(options, async (progress, token): Promise<PackPullResult> => {
      const { client } = await parts.server.client();
      let before = 0;
      return client.request(PackPullRequest, { packId: pack.id }, {
        token,
        onProgress: (step) => {
          const percent = step.stage === 'fetching' && step.total !== undefined ? (100 * step.done) / step.total : before;
          progress.report({ message: pullText(step, t), increment: Math.max(0, percent - before) });
          before = Math.max(before, percent);
        },
      });
    });
    await tellVerdict(parts, pack, result.verdict, result.restartNeeded);
  });
}

async function confirmed({ name, description, bytes, unpackedBytes, licence }: GpuPack, { card }: PackListResult): Promise<boolean> {
  const { t } = vscode.l10n;
  const download = t('Download');
  const detail = [
    description,
    ...(card ? [] : [t('No NVIDIA card was seen on this machine.')]),
    ...(bytes === undefined ? [] : [t('Download: {0}', formatBytes(bytes))]),
    ...(unpackedBytes === undefined ? [] : [t('On the disk: {0}', formatBytes(unpackedBytes))]),
    t('Licence: {0}', licence.name),
  ].join('\n');
  return (await vscode.window.showInformationMessage(t('Download {0}?', name), { modal: true, detail }, download)) === download;
}
