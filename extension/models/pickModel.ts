import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import type { CatalogueEntry } from '../../server/protocol/index.js';
import type { ModelFacts } from './modelRow.js';
import { entryLook, fitText } from './rowText.js';

/** Lets a person choose among models, where a command was not run on one. */
export async function pickEntry(title: string, found: readonly ModelFacts[]): Promise<CatalogueEntry | undefined> {
  const items = found.map((facts) => {
    const { icon, description } = entryLook(facts, vscode.l10n.t);
    return { label: `$(${icon}) ${facts.entry.name}`, description, detail: facts.entry.description, entry: facts.entry };
  });
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.entry;
}

/** Lets a person choose which files of a model: as a rule, its precision. */
export async function pickVariant({ name, variants, suggested }: CatalogueEntry): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const items = variants
    .filter(({ files }) => files.length > 0)
    .map(({ id, bytes, fit, advice }) => {
      const words = [bytes === undefined ? t('size not known yet') : formatBytes(bytes), fitText(fit, t), ...(id === suggested ? [t('suggested for this machine')] : [])];
      return { label: id, description: words.join(' · '), detail: advice, id };
    });
  return (await vscode.window.showQuickPick(items, { title: t('Download {0}', name), placeHolder: t('Which files') }))?.id;
}
