import * as vscode from 'vscode';
import { type ModelVerifyResult, ModelVerifyRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';

/** Reads every byte of a model again, and says whether it is as it should be. @returns whether it should be fetched again */
export async function verifyModel({ server }: ExtensionParts, id: string, name: string, mayFetch: boolean): Promise<boolean> {
  const { t } = vscode.l10n;
  const options = { location: vscode.ProgressLocation.Notification, title: t('Comparing the files of {0}', name), cancellable: true };
  const { ok, files } = await vscode.window.withProgress(options, async (progress, token) => {
    const { client } = await server.client();
    let told = 0;
    return client.request(ModelVerifyRequest, { id }, {
      token,
      onProgress: ({ done, total }) => {
        const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
        progress.report({ increment: percent - told, message: `${percent} %` });
        told = percent;
      },
    });
  });
  if (ok) {
    void vscode.window.showInformationMessage(t('Every byte of {0} is as it should be.', name));
    return false;
  }
  const fetchAgain = t('Download Again');
  const wrong = files.filter(({ state }) => state !== 'ok').map((file) => fileText(file, t));
  return (await vscode.window.showWarningMessage(t('{0} is damaged. {1}', name, wrong.join(' ')), ...(mayFetch ? [fetchAgain] : []))) === fetchAgain;
}

function fileText({ path, state }: ModelVerifyResult['files'][number], t: typeof vscode.l10n.t): string {
  switch (state) {
    case 'missing':
      return t('{0} is missing.', path);
    case 'size':
      return t('{0} has another size.', path);
    default:
      return t('{0} has other bytes.', path);
  }
}
