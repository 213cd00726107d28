import { cancellationSource, type CancellationToken } from '../../common/cancellation.js';
import { linkTokens } from '../../common/linkTokens.js';
import {
  type ClipEntry,
  type ClipProgress,
  type DatasetFolderParams,
  type DatasetListParams,
  type DatasetReviewParams,
  emptyAnnotations,
  type FolderEntry,
  type ReviewItem,
} from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { countItems, FactsPool, itemPasses, itemsOf, noItems } from './documentFacts.js';
import { ClipGatherer } from './gatherClips.js';
import { clipKeys, type IndexedClip, type IndexedDocument } from './indexedClip.js';
import { identityOf, IndexFile } from './indexFile.js';
import { folderOf, summaryOf } from './indexViews.js';
import { documentAt, indexDocument } from './readDocument.js';
import { layoutOf, questionsOf, SeenDataset } from './seenDataset.js';

const mostEntries = 1000;
const noDocument = emptyAnnotations({ path: '' });

/** What {@link DatasetIndex.update} tells of the clips. */
export interface IndexSummary {
  clips: number;
  progress: Record<ClipProgress, number>;
  labels: { label: string; segments: number }[];
  annotators: { annotator: string; items: number }[];
}

/**
 * What is known of a dataset's clips and documents. Reads files without awaiting: it belongs on a thread of its own,
 * and gives way to questions while it reads.
 */
export class DatasetIndex {
  private readonly file: IndexFile;
  /** What is known of documents, and of which layout; more than was seen where an update was interrupted. */
  private memory: { dataset: DatasetFolder; documents: Map<string, IndexedDocument> } | undefined;
  /** What questions are answered from. */
  private seen: SeenDataset;
  private isSeen = false;
  private reading: Promise<void> | undefined;
  private saving: Promise<void> = Promise.resolve();
  private readonly pending = new Set<string>();
  /** Those pending documents that were looked at while an update ran, which may have seen them as they were before. */
  private readonly early = new Set<string>();
  private isUnsaved = false;
  private updates = 0;
  private lastUpdate: Promise<unknown> = Promise.resolve();
  /** Something was answered that the update may prove wrong. */
  private isBehind = false;
  private readonly end = cancellationSource();

  /**
   * @param folder of the cache
   * @param differs told after an update that found something else than was answered meanwhile
   */
  constructor(
    dataset: DatasetFolder,
    folder: string,
    private readonly differs: (summary: IndexSummary) => void = () => undefined,
  ) {
    this.seen = new SeenDataset(dataset, [], []);
    this.file = new IndexFile(folder);
  }

  /**
   * What the index on disk knows, without a look at the dataset. An update should follow: where it finds something else,
   * `differs` is told.
   *
   * @returns undefined where nothing is known of the dataset as its manifest is now
   */
  async recall(dataset: DatasetFolder): Promise<IndexSummary | undefined> {
    if (this.updates === 0) {
      await this.read(dataset);
    }
    if (!this.isSeen || questionsOf(dataset) !== questionsOf(this.seen.dataset)) {
      return undefined;
    }
    this.isBehind = true;
    return summaryOf(this.seen.clips);
  }

  /**
   * Looks at all folders, and reads the documents that changed. Questions that come meanwhile are answered as before.
   *
   * @param report clips or documents seen so far
   * @throws VideoChatError RequestCancelled; what was read till then is kept
   */
  update(dataset: DatasetFolder, report: (clips: number) => void, token?: CancellationToken): Promise<IndexSummary> {
    this.updates++;
    const turn = this.lastUpdate.then(async () => {
      const linked = linkTokens(this.end.token, ...(token ? [token] : []));
      try {
        return await this.bringUpToDate(dataset, report, linked.token);
      } finally {
        linked.dispose();
        this.updates--;
        this.save();
      }
    });
    this.lastUpdate = turn.catch(() => undefined);
    return turn;
  }

  /** Files have changed: the next question looks at them again. */
  changed(paths: readonly string[]): void {
    for (const path of paths) {
      this.pending.add(path);
      this.early.delete(path);
    }
  }

  async list({ filter, offset, count }: Omit<DatasetListParams, 'datasetId'>): Promise<{ total: number; clips: ClipEntry[] }> {
    await this.refresh();
    const found = this.seen.of(filter);
    return { total: found.length, clips: found.slice(offset, offset + Math.min(count, mostEntries)).map((clip) => this.seen.entryOf(clip)) };
  }

  async folder({
    folder,
    filter,
    offset = 0,
    count = mostEntries,
  }: Omit<DatasetFolderParams, 'datasetId'>): Promise<{ folders: FolderEntry[]; clips: ClipEntry[]; total: number }> {
    await this.refresh();
    const { folders, clips } = folderOf(this.seen.of(filter), folder);
    return { folders, clips: clips.slice(offset, offset + Math.min(count, mostEntries)).map((clip) => this.seen.entryOf(clip)), total: clips.length };
  }

  /** Items to look at. Documents are read for the items of the answer only; the others are counted by the index. */
  async review({ filter = {}, after, count }: Omit<DatasetReviewParams, 'datasetId'>): Promise<{ items: ReviewItem[]; left: number }> {
    await this.refresh();
    const wanted = { ...filter, status: filter.status ?? 'suggested' } as const;
    const { seen } = this;
    const found = seen.of(wanted);
    const most = Math.min(count, mostEntries);
    const items: ReviewItem[] = [];
    const breath = new Breath();
    let left = 0;
    for (let i = after ? seen.placeOf(found, after.documentPath) : 0, first = true; i < found.length; i++, first = false) {
      const clip = found[i] as IndexedClip;
      if (!first && items.length >= most) {
        left += countItems(clip.document?.facts ?? noItems, wanted);
        continue;
      }
      await breath.take();
      const { documentPath, videoPath } = seen.entryOf(clip);
      const behind = after?.documentPath === documentPath ? after : undefined;
      const all = behind && behind.itemId === undefined ? [] : [...itemsOf(documentAt(documentPath) ?? noDocument)];
      // An item that is gone: the document is gone through again.
      const start = behind ? all.findIndex(({ id }) => id === behind.itemId) + 1 : 0;
      const passing = all.slice(start).filter((item) => itemPasses(item, wanted));
      left += passing.length;
      items.push(...passing.slice(0, most - items.length).map(({ list, id }) => ({ documentPath, videoPath, list, itemId: id })));
    }
    return { items, left };
  }

  /** Resolves when what was read is on disk. An update that runs is stopped. */
  async dispose(): Promise<void> {
    this.end.cancel();
    await this.lastUpdate;
    this.save();
    await this.saving;
  }

  /** Reads the index on disk, once. */
  private read(dataset: DatasetFolder): Promise<void> {
    this.reading ??= this.file.read(dataset, new FactsPool()).then(({ documents, seen }) => {
      this.memory = { dataset, documents };
      if (seen) {
        this.see(seen);
      }
    });
    return this.reading;
  }

  private see(seen: SeenDataset): void {
    this.seen = seen;
    this.isSeen = true;
  }

  private async bringUpToDate(dataset: DatasetFolder, report: (clips: number) => void, token: CancellationToken): Promise<IndexSummary> {
    await this.read(dataset);
    const pending = [...this.pending];
    this.pending.clear();
    this.early.clear();
    const isSameMemory = this.memory && identityOf(this.memory.dataset) === identityOf(dataset);
    const known = (isSameMemory && this.memory?.documents) || new Map<string, IndexedDocument>();
    this.memory = { dataset, documents: known };
    const gatherer = new ClipGatherer(dataset, new Breath(token), report);
    try {
      await gatherer.walk();
      this.memory.documents = await gatherer.readDocuments(known, new FactsPool());
    } catch (error) {
      this.changed(pending);
      throw error;
    } finally {
      this.isUnsaved ||= gatherer.isChanged;
    }
    const seen = new SeenDataset(dataset, gatherer.join(), [...gatherer.others].sort());
    const isOther = !this.isSeen || !this.seen.equals(seen);
    this.see(seen);
    this.isUnsaved ||= isOther;
    const summary = summaryOf(seen.clips);
    if (this.isBehind && (isOther || this.pending.size > 0)) {
      this.differs(summary);
    }
    this.isBehind = false;
    return summary;
  }

  private save(): void {
    const { memory, seen } = this;
    if (this.isUnsaved && memory) {
      this.isUnsaved = false;
      const isWhole = this.isSeen && layoutOf(seen.dataset) === layoutOf(memory.dataset);
      this.saving = this.saving.then(() => this.file.write(memory.dataset, memory.documents, isWhole ? seen : undefined));
    }
  }

  /** Looks at what has changed: at single documents where that is enough. */
  private async refresh(): Promise<void> {
    if (this.updates > 0) {
      this.refreshEarly();
      return;
    }
    if (this.pending.size === 0) {
      return;
    }
    const paths = [...this.pending];
    if (paths.length > mostEntries || !paths.every((path) => this.refreshDocument(path) || this.seen.isForeign(path))) {
      await this.update(this.seen.dataset, () => undefined);
    } else {
      this.pending.clear();
      this.seen.forgetSelections();
    }
  }

  /** While an update runs, questions do not wait for it; what it may not have seen is looked at again after it. */
  private refreshEarly(): void {
    this.isBehind = true;
    const paths = [...this.pending].filter((path) => !this.early.has(path));
    if (paths.length > 0 && paths.length <= mostEntries) {
      for (const path of paths) {
        this.refreshDocument(path);
        this.early.add(path);
      }
      this.seen.forgetSelections();
    }
  }

  /** @returns false where more has changed than the text of a document */
  private refreshDocument(path: string): boolean {
    const { memory } = this;
    const { dataset } = this.seen;
    const clip = this.seen.clipOf(path);
    if (!memory || !clip) {
      return false;
    }
    const key = clipKeys(dataset).keyOf(clip.root, clip.name);
    const documents = identityOf(memory.dataset) === identityOf(dataset) ? memory.documents : new Map<string, IndexedDocument>();
    const document = indexDocument(path, clip.name, undefined, new FactsPool());
    this.isUnsaved = true;
    if (document) {
      clip.document = document;
      documents.set(key, document);
    } else {
      delete clip.document;
      documents.delete(key);
    }
    return true;
  }
}
