import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import {
  annotationSuffix,
  type ClipEntry,
  type ClipProgress,
  type DatasetFolderParams,
  type DatasetListParams,
  type DatasetReviewParams,
  emptyAnnotations,
  type FolderEntry,
  looksLikeVideo,
  type ReviewItem,
} from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import { type DatasetFolder, pathBelow } from '../datasetFolder.js';
import { clipsBelow, ClipSelections } from './clipSelection.js';
import { countItems, FactsPool, itemPasses, itemsOf, noItems } from './documentFacts.js';
import { ClipGatherer, datasetPath } from './gatherClips.js';
import { type IndexedClip, type IndexedDocument, lowerBound } from './indexedClip.js';
import { IndexFile } from './indexFile.js';
import { folderOf, summaryOf } from './indexViews.js';
import { documentAt, indexDocument } from './readDocument.js';

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
  private documents: Map<string, IndexedDocument> | undefined;
  private clips: readonly IndexedClip[] = [];
  private selections = new ClipSelections([]);
  private saving: Promise<void> = Promise.resolve();
  private readonly pending = new Set<string>();
  private isUnsaved = false;
  private isUpdating = false;

  /** @param folder of the cache */
  constructor(
    private dataset: DatasetFolder,
    folder: string,
  ) {
    this.file = new IndexFile(folder);
  }

  /**
   * Looks at all folders, and reads the documents that changed. Questions that come meanwhile are answered as before.
   *
   * @param report clips or documents seen so far
   * @throws VideoChatError RequestCancelled; what was read till then is kept
   */
  async update(dataset: DatasetFolder, report: (clips: number) => void, token?: CancellationToken): Promise<IndexSummary> {
    const pool = new FactsPool();
    const layoutChanged = dataset.manifest.annotations !== this.dataset.manifest.annotations;
    this.dataset = dataset;
    this.isUpdating = true;
    this.pending.clear();
    const gatherer = new ClipGatherer(dataset, new Breath(token), report);
    try {
      if (!this.documents || layoutChanged) {
        this.documents = await this.file.read(dataset, pool);
      }
      const known = this.documents;
      await gatherer.walk();
      const documents = await gatherer.readDocuments(known, pool);
      this.documents = documents;
      this.clips = gatherer.join();
      this.selections = new ClipSelections(this.clips);
      return summaryOf(this.clips);
    } finally {
      this.isUpdating = false;
      this.isUnsaved ||= gatherer.isChanged;
      this.save();
    }
  }

  /** Files have changed: the next question looks at them again. */
  changed(paths: readonly string[]): void {
    paths.forEach((path) => this.pending.add(path));
  }

  async list({ filter, offset, count }: Omit<DatasetListParams, 'datasetId'>): Promise<{ total: number; clips: ClipEntry[] }> {
    await this.refresh();
    const found = this.selections.of(filter);
    return { total: found.length, clips: found.slice(offset, offset + Math.min(count, mostEntries)).map((clip) => this.entryOf(clip)) };
  }

  async folder({
    folder,
    filter,
    offset = 0,
    count = mostEntries,
  }: Omit<DatasetFolderParams, 'datasetId'>): Promise<{ folders: FolderEntry[]; clips: ClipEntry[]; total: number }> {
    await this.refresh();
    const { folders, clips } = folderOf(this.selections.of(filter), folder);
    return { folders, clips: clips.slice(offset, offset + Math.min(count, mostEntries)).map((clip) => this.entryOf(clip)), total: clips.length };
  }

  /** Items to look at. Documents are read for the items of the answer only; the others are counted by the index. */
  async review({ filter = {}, after, count }: Omit<DatasetReviewParams, 'datasetId'>): Promise<{ items: ReviewItem[]; left: number }> {
    await this.refresh();
    const wanted = { ...filter, status: filter.status ?? 'suggested' } as const;
    const found = this.selections.of(wanted);
    const most = Math.min(count, mostEntries);
    const items: ReviewItem[] = [];
    const breath = new Breath();
    let left = 0;
    for (let i = after ? this.placeOf(found, after.documentPath) : 0, first = true; i < found.length; i++, first = false) {
      const clip = found[i] as IndexedClip;
      if (!first && items.length >= most) {
        left += countItems(clip.document?.facts ?? noItems, wanted);
        continue;
      }
      await breath.take();
      const { documentPath, videoPath } = this.entryOf(clip);
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

  /** Resolves when what was read is on disk. */
  async dispose(): Promise<void> {
    this.save();
    await this.saving;
  }

  private save(): void {
    const { dataset, documents } = this;
    if (this.isUnsaved && documents) {
      this.isUnsaved = false;
      this.saving = this.saving.then(() => this.file.write(dataset, documents));
    }
  }

  /** Looks at what has changed: at single documents where that is enough. */
  private async refresh(): Promise<void> {
    if (this.isUpdating || this.pending.size === 0) {
      return;
    }
    const paths = [...this.pending];
    this.pending.clear();
    if (paths.length > mostEntries || !paths.every((path) => this.refreshDocument(path) || this.isForeign(path))) {
      await this.update(this.dataset, () => undefined);
    }
    this.selections = new ClipSelections(this.clips);
  }

  /** @returns false where more has changed than the text of a document */
  private refreshDocument(path: string): boolean {
    const { dataset, documents } = this;
    const clip = path.endsWith(annotationSuffix) ? this.clips[this.placeOf(this.clips, path)] : undefined;
    if (!documents || !clip || clip.missing || clip.documentPath !== undefined || this.entryOf(clip).documentPath !== path) {
      return false;
    }
    const key = dataset.documentRoot === undefined ? clip.path : clip.name;
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

  /** Neither a document nor a clip, nor a folder that holds or held some. */
  private isForeign(path: string): boolean {
    if (path.endsWith(annotationSuffix) || looksLikeVideo(path) || clipsBelow(this.clips, datasetPath(this.dataset, path)).length > 0) {
      return false;
    }
    try {
      return !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
    } catch {
      return false;
    }
  }

  /** Position of the first clip at or behind a document. */
  private placeOf(clips: readonly IndexedClip[], documentPath: string): number {
    const elsewhere = clips.findIndex((clip) => clip.documentPath === documentPath);
    if (elsewhere >= 0) {
      return elsewhere;
    }
    const { documentRoot, mediaRoots } = this.dataset;
    const own = documentPath.slice(0, -annotationSuffix.length);
    if (documentRoot === undefined) {
      return lowerBound(clips, datasetPath(this.dataset, own));
    }
    const name = pathBelow(documentRoot, own) ?? '';
    const paths = mediaRoots.map((root) => datasetPath(this.dataset, join(root, name)));
    const path = paths.find((each) => this.clips[lowerBound(this.clips, each)]?.path === each) ?? paths[0] ?? '';
    return lowerBound(clips, path);
  }

  private entryOf({ path, root, name, document, split, missing, documentPath, videoPath }: IndexedClip): ClipEntry {
    const folder = this.dataset.mediaRoots[root] ?? this.dataset.path;
    const { items, toReview, progress } = document?.facts ?? noItems;
    return {
      path,
      documentPath: documentPath ?? this.dataset.documentPath(folder, name),
      videoPath: videoPath ?? join(folder, name),
      progress,
      toReview,
      items,
      ...(split === undefined ? {} : { split }),
      ...(document && !document.facts ? { broken: true } : {}),
      ...(missing ? { missing } : {}),
    };
  }
}
