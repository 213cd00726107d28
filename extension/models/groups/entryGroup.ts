import * as vscode from 'vscode';
import type { CatalogueEntry } from '../../../server/protocol/index.js';
import type { Catalogue } from '../catalogue.js';
import type { ModelGroup, ModelNode } from '../modelNode.js';
import { type ModelFacts, type ModelRowState, rowState } from '../modelRow.js';
import { EntryNode } from './entryNode.js';

/** Entries of the catalogue under one heading: those in some states, in their order. */
export class EntryGroup implements ModelGroup {
  private readonly nodes = new Map<string, EntryNode>();

  constructor(
    readonly id: string,
    private readonly label: string,
    protected readonly catalogue: Catalogue,
    private readonly facts: (entryId: string) => ModelFacts | undefined,
    private readonly states: readonly ModelRowState[],
    private readonly options: { parent?: ModelNode; collapsed?: boolean; only?: (entry: CatalogueEntry) => boolean } = {},
  ) {}

  get parent(): ModelNode | undefined {
    return this.options.parent;
  }

  item(): vscode.TreeItem {
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    return new vscode.TreeItem(this.label, this.options.collapsed ? Collapsed : Expanded);
  }

  children(): readonly ModelNode[] {
    const { only = () => true } = this.options;
    const shown = this.catalogue.entries.filter((entry) => {
      const facts = this.facts(entry.id);
      return facts !== undefined && only(entry) && this.states.includes(rowState(facts));
    });
    return shown.sort(bestFirst).map(({ id }) => this.node(id));
  }

  /** The row of an entry, if it is here. */
  find(entryId: string): ModelNode | undefined {
    return this.children().find((node) => node === this.nodes.get(entryId));
  }

  private node(entryId: string): EntryNode {
    const node = this.nodes.get(entryId) ?? new EntryNode(entryId, this, this.facts);
    this.nodes.set(entryId, node);
    return node;
  }
}

/** What is suggested, then what runs as it is, what has to be converted, and what does not run; each by name. */
function bestFirst(a: CatalogueEntry, b: CatalogueEntry): number {
  const order = { direct: 1, export: 2, notYet: 3 };
  const rank = ({ recommended, runs }: CatalogueEntry): number => (recommended ? 0 : order[runs]);
  return rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}
