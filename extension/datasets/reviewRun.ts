import * as vscode from 'vscode';
import { type AnnotationStatus, type ClipFilter, DatasetReviewRequest, type PanelProblem, type ReviewItem } from '../../server/protocol/index.js';
import type { ReviewQueue } from '../annotate/reviewQueue.js';
import { Listeners } from '../chat/listeners.js';
import { problemOf } from '../chat/problems.js';
import type { CurrentDataset } from './currentDataset.js';

/** A review over the documents of a dataset. What was left behind is saved, so that a long review leaves no heap of unsaved files. */
export class ReviewRun implements ReviewQueue {
  private item: ReviewItem | undefined;
  private left = 0;
  private seen = 0;
  private readonly listeners = new Listeners<void>();

  /** @param ended there is nothing left, or a person wants no more; how many were looked at */
  constructor(
    private readonly dataset: CurrentDataset,
    private readonly filter: ClipFilter,
    private readonly ended: (seen: number) => void,
  ) {}

  state(documentPath: string): { left: number } | undefined {
    return this.item?.documentPath === documentPath ? { left: this.left } : undefined;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    const added = this.listeners.add(listener);
    return { dispose: () => void added.dispose() };
  }

  /** Opens the first item. @returns whether there is one @throws VideoChatError */
  start(): Promise<boolean> {
    return this.advance(undefined);
  }

  async next(documentPath: string, decided?: { itemId: string; status: AnnotationStatus }): Promise<PanelProblem | undefined> {
    try {
      const itemId = decided?.itemId ?? (this.item?.documentPath === documentPath ? this.item.itemId : undefined);
      await this.advance({ documentPath, ...(itemId === undefined ? {} : { itemId }) });
      return undefined;
    } catch (error) {
      return problemOf(error, vscode.l10n.t);
    }
  }

  end(): void {
    this.item = undefined;
    this.listeners.tell();
    this.ended(this.seen);
  }

  private async advance(after: { documentPath: string; itemId?: string } | undefined): Promise<boolean> {
    const answer = await this.dataset.ask(DatasetReviewRequest, { filter: this.filter, count: 1, ...(after ? { after } : {}) });
    const [item] = answer?.items ?? [];
    const before = after?.documentPath;
    this.seen += after ? 1 : 0;
    this.item = item;
    this.left = answer?.left ?? 0;
    if (before !== undefined && before !== item?.documentPath) {
      await vscode.workspace.textDocuments.find((each) => each.uri.fsPath === before && each.isDirty)?.save();
    }
    if (item) {
      await vscode.commands.executeCommand('videochat.annotate.reveal', item.documentPath, { list: item.list, itemId: item.itemId });
    }
    this.listeners.tell();
    if (!item && after) {
      this.ended(this.seen);
    }
    return item !== undefined;
  }
}
