import * as vscode from 'vscode';
import type { Catalogue } from '../catalogue.js';
import type { ModelFacts } from '../modelRow.js';
import { EntryGroup } from './entryGroup.js';

/** Downloads that run, here or in another window, and those that are paused. */
export class DownloadsGroup extends EntryGroup {
  constructor(catalogue: Catalogue, facts: (entryId: string) => ModelFacts | undefined) {
    super('downloads', vscode.l10n.t('Downloads'), catalogue, facts, ['coming', 'elsewhere', 'paused']);
  }
}
