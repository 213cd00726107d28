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
    return shown.map(({ id }) => this.node(id));
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
