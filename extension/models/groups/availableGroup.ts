import * as vscode from 'vscode';
import { type CatalogueKind, catalogueKinds } from '../../../server/protocol/index.js';
import type { Catalogue } from '../catalogue.js';
import type { ModelGroup } from '../modelNode.js';
import type { ModelFacts } from '../modelRow.js';
import { EntryGroup } from './entryGroup.js';

/** What can be fetched, by what it is for. */
export class AvailableGroup implements ModelGroup {
  readonly id = 'available';
  private readonly kinds: readonly EntryGroup[];

  constructor(catalogue: Catalogue, facts: (entryId: string) => ModelFacts | undefined) {
    const labels = kindLabels();
    this.kinds = catalogueKinds.map(
      (kind) => new EntryGroup(`${this.id}/${kind}`, labels[kind], catalogue, facts, ['available', 'closed'], { parent: this, collapsed: kind !== 'video', only: (entry) => entry.kind === kind }),
    );
  }

  item(): vscode.TreeItem {
    return new vscode.TreeItem(vscode.l10n.t('Can be downloaded'), vscode.TreeItemCollapsibleState.Expanded);
  }

  children(): readonly EntryGroup[] {
    return this.kinds.filter((kind) => kind.children().length > 0);
  }
}

function kindLabels(): Record<CatalogueKind, string> {
  const { t } = vscode.l10n;
  return { video: t('They see clips'), text: t('They read timelines'), dualEncoder: t('They find pictures by words'), speech: t('They hear words') };
}
