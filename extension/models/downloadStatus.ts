import * as vscode from 'vscode';
import type { Catalogue } from './catalogue.js';
import type { Download } from './downloads.js';
import { progressText } from './rowText.js';

/** Downloads in the status bar, where they are seen whatever is open. A click shows the view of models. */
export class DownloadStatus implements vscode.Disposable {
  private item: vscode.StatusBarItem | undefined;

  constructor(private readonly catalogue: Catalogue) {}

  show(downloads: readonly Download[]): void {
    const { t } = vscode.l10n;
    const [first] = downloads;
    if (!first) {
      this.dispose();
      return;
    }
    const lines = downloads.map((download) => `${this.catalogue.entry(download.entryId)?.name ?? download.entryId}: ${progressText(download, t)}`);
    this.item ??= this.create();
    this.item.text = `$(cloud-download) ${downloads.length === 1 ? (lines[0] ?? '') : t('Downloads: {0}', downloads.length)}`;
    this.item.accessibilityInformation = { label: lines.join(', ') };
    const tooltip = new vscode.MarkdownString();
    [...lines, t('Click to show the models.')].forEach((line) => tooltip.appendText(line).appendMarkdown('\n\n'));
    this.item.tooltip = tooltip;
  }

  dispose(): void {
    this.item?.dispose();
    this.item = undefined;
  }

  private create(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('videochat.downloads', vscode.StatusBarAlignment.Right, 89);
    item.name = vscode.l10n.t('VideoChat downloads');
    item.command = 'videochat.models.focus';
    item.show();
    return item;
  }
}
