import * as vscode from 'vscode';
import type { CatalogueEntry, CatalogueVariant } from '../../server/protocol/index.js';

/**
 * Asks where there is something to say yes to: a licence, a model that is too large or does not run as it is. Otherwise one
 * click is enough.
 */
export async function confirmDownload(entry: CatalogueEntry, variant: CatalogueVariant | undefined): Promise<boolean> {
  const { t } = vscode.l10n;
  const { licence, name, page, runs, howToRun } = entry;
  const asksFor = licence.mustAccept || licence.gated;
  const isTooLarge = variant?.fit === 'tooLarge';
  if (!asksFor && !isTooLarge && runs !== 'export') {
    return true;
  }
  const yes = licence.mustAccept ? t('Accept and Download') : t('Download');
  const read = t('Read the Licence');
  const detail = [
    ...(asksFor ? [t('Licence: {0}', licence.name), licence.note, licence.url ?? page] : []),
    ...(licence.gated ? [t('It must be accepted on the hub, too, and a token of that account is needed.')] : []),
    ...(isTooLarge ? [variant.advice] : []),
    ...(runs === 'export' ? [t('The original files are fetched; before it runs here, they have to be converted.'), howToRun] : []),
  ].filter((line) => line !== undefined);
  for (;;) {
    const chosen = await vscode.window.showInformationMessage(t('Download {0}?', name), { modal: true, detail: detail.join('\n\n') }, yes, ...(asksFor ? [read] : []));
    if (chosen !== read) {
      return chosen === yes;
    }
    await vscode.env.openExternal(vscode.Uri.parse(licence.url ?? page, true));
  }
}
