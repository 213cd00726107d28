import * as vscode from 'vscode';
import type { CatalogueEntry } from '../../server/protocol/index.js';
import { fitText, type RowLook, sizeText } from './rowText.js';

/** Lets a person choose among models, where a command was not run on one. */
export async function pickModel<Model extends { name: string; look: RowLook; entry?: CatalogueEntry }>(title: string, models: readonly Model[]): Promise<Model | undefined> {
  const items = models.map((model) => {
    const { icon, description } = model.look;
    return { label: `$(${icon}) ${model.name}`, description, detail: model.entry?.description ?? '', model };
  });
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true }))?.model;
}

/** Lets a person choose which files of a model: as a rule, its precision. */
export async function pickVariant({ name, variants, suggested }: CatalogueEntry): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const items = variants
    .filter(({ files }) => files.length > 0)
    .map((variant) => {
      const { id, fit, advice } = variant;
      const words = [sizeText(variant, t), fitText(fit, t), ...(id === suggested ? [t('suggested for this machine')] : [])];
      return { label: id, description: words.join(' · '), detail: advice, id };
    });
  return (await vscode.window.showQuickPick(items, { title: t('Download {0}', name), placeHolder: t('Which files') }))?.id;
}
