import * as vscode from 'vscode';
import type { OwnModel } from '../../../server/protocol/index.js';
import { ownMarkdown } from '../entryMarkdown.js';
import type { ModelNode } from '../modelNode.js';
import { ownActions } from '../modelRow.js';
import { ownLook } from '../rowText.js';
import { rowItem } from './entryNode.js';

/** A model that is here and not in the catalogue. Commands of its menu find it by `ownId`. */
export class OwnNode implements ModelNode {
  readonly id: string;
  readonly ownId: string;

  constructor(
    private readonly model: OwnModel,
    readonly parent: ModelNode,
    private readonly use: { answers: boolean; canAnswer: boolean },
  ) {
    this.ownId = model.modelId;
    this.id = `${parent.id}/own/${model.modelId}/${model.folder}`;
  }

  item(): vscode.TreeItem {
    const { model, use } = this;
    const item = rowItem(model.name, ownLook(model, use.answers, vscode.l10n.t));
    item.contextValue = ['model', ...ownActions(model, use)].join(' ');
    item.tooltip = new vscode.MarkdownString(ownMarkdown(model, vscode.l10n.t));
    return item;
  }
}
