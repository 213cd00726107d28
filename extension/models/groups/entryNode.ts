import * as vscode from 'vscode';
import { entryMarkdown } from '../entryMarkdown.js';
import type { ModelNode } from '../modelNode.js';
import { type ModelFacts, rowActions } from '../modelRow.js';
import { entryLook, type RowLook } from '../rowText.js';

/** A model of the catalogue. Commands of its menu find it by `entryId`. */
export class EntryNode implements ModelNode {
  readonly id: string;

  constructor(
    readonly entryId: string,
    readonly parent: ModelNode,
    private readonly facts: (entryId: string) => ModelFacts | undefined,
  ) {
    this.id = `${parent.id}/${entryId}`;
  }

  item(): vscode.TreeItem {
    const facts = this.facts(this.entryId);
    if (!facts) {
      return new vscode.TreeItem(this.entryId);
    }
    const item = rowItem(facts.entry.name, entryLook(facts, vscode.l10n.t));
    item.contextValue = ['model', ...rowActions(facts)].join(' ');
    item.tooltip = new vscode.MarkdownString(entryMarkdown(facts.entry, facts.failure, vscode.l10n.t));
    return item;
  }
}

/** A row with an icon, as it is read and heard. */
export function rowItem(name: string, { icon, colour, description }: RowLook): vscode.TreeItem {
  const item = new vscode.TreeItem(name);
  item.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.description = description;
  item.accessibilityInformation = { label: [name, description].filter((text) => text !== '').join(', ') };
  return item;
}
