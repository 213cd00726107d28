import * as vscode from 'vscode';
import type { Catalogue } from '../catalogue.js';
import type { ModelNode } from '../modelNode.js';
import type { ModelFacts } from '../modelRow.js';
import { EntryGroup } from './entryGroup.js';
import { OwnNode } from './ownNode.js';

/** Models that are on this machine, from wherever. */
export class HereGroup extends EntryGroup {
  private own: { key: string; nodes: readonly OwnNode[] } | undefined;

  constructor(catalogue: Catalogue, facts: (entryId: string) => ModelFacts | undefined) {
    super('here', vscode.l10n.t('On this machine'), catalogue, facts, ['installed', 'broken']);
  }

  override children(): readonly ModelNode[] {
    return [...super.children(), ...this.ownNodes()];
  }

  /** The same ones for as long as they look the same. */
  private ownNodes(): readonly OwnNode[] {
    const { others, answering } = this.catalogue;
    const key = JSON.stringify([others, answering]);
    if (this.own?.key !== key) {
      const nodes = others.map((model) => new OwnNode(model, this, { answers: model.modelId === answering, canAnswer: this.catalogue.canAnswer(model.modelId) }));
      this.own = { key, nodes };
    }
    return this.own.nodes;
  }
}
