import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { annotationSuffix, type ClipEntry, type ClipFilter, datasetFileName, looksLikeVideo } from '../../protocol/index.js';
import { type DatasetFolder, pathBelow } from '../datasetFolder.js';
import { clipsBelow, ClipSelections } from './clipSelection.js';
import { noItems } from './documentFacts.js';
import { datasetPath, type IndexedClip, lowerBound, sameClips } from './indexedClip.js';

/** A dataset as its files were found: what questions are answered from. */
export class SeenDataset {
  private selections: ClipSelections;

  constructor(
    /** As it was then: the layout that the clips belong to. */
    readonly dataset: DatasetFolder,
    /** In the order of paths. */
    readonly clips: readonly IndexedClip[],
    /** Folders inside that are datasets of their own, absolute. */
    readonly others: readonly string[],
  ) {
    this.selections = new ClipSelections(clips);
  }

  /** Clips that pass a filter, in the order of paths. */
  of(filter?: ClipFilter): readonly IndexedClip[] {
    return this.selections.of(filter);
  }

  /** The documents of some clips have been read again. */
  forgetSelections(): void {
    this.selections = new ClipSelections(this.clips);
  }

  /** Whether questions get the same answers from both. */
  equals({ dataset, clips, others }: SeenDataset): boolean {
    return questionsOf(dataset) === questionsOf(this.dataset) && sameClips(clips, this.clips) && JSON.stringify(others) === JSON.stringify(this.others);
  }

  entryOf({ path, root, name, document, split, missing, documentPath, videoPath }: IndexedClip): ClipEntry {
    const { dataset } = this;
    const folder = dataset.mediaRoots[root] ?? dataset.path;
    const { items, toReview, progress } = document?.facts ?? noItems;
    return {
      path,
      documentPath: documentPath ?? dataset.documentPath(folder, name),
      videoPath: videoPath ?? join(folder, name),
      progress,
      toReview,
      items,
      ...(split === undefined ? {} : { split }),
      ...(document && !document.facts ? { broken: true } : {}),
      ...(missing ? { missing } : {}),
    };
  }

  /** Position of the first clip at or behind a document. @param clips some of all, in their order */
  placeOf(clips: readonly IndexedClip[], documentPath: string): number {
    const elsewhere = clips.findIndex((clip) => clip.documentPath === documentPath);
    if (elsewhere >= 0) {
      return elsewhere;
    }
    const { dataset } = this;
    const { documentRoot, mediaRoots } = dataset;
    const own = documentPath.slice(0, -annotationSuffix.length);
    if (documentRoot === undefined) {
      return lowerBound(clips, datasetPath(dataset, own));
    }
    const name = pathBelow(documentRoot, own) ?? '';
    const paths = mediaRoots.map((root) => datasetPath(dataset, join(root, name)));
    const path = paths.find((each) => this.clips[lowerBound(this.clips, each)]?.path === each) ?? paths[0] ?? '';
    return lowerBound(clips, path);
  }

  /** The clip whose name says that this is its document. */
  clipOf(documentPath: string): IndexedClip | undefined {
    const clip = documentPath.endsWith(annotationSuffix) ? this.clips[this.placeOf(this.clips, documentPath)] : undefined;
    const isItsOwn = clip && !clip.missing && clip.documentPath === undefined && this.entryOf(clip).documentPath === documentPath;
    return isItsOwn ? clip : undefined;
  }

  /** Neither a document nor a clip, nor a folder that holds or held some; or part of another dataset. */
  isForeign(path: string): boolean {
    const other = this.others.find((folder) => pathBelow(folder, path) !== undefined);
    if (other !== undefined) {
      return existsSync(join(other, datasetFileName));
    }
    const matters = path.endsWith(annotationSuffix) || looksLikeVideo(path) || basename(path) === datasetFileName;
    if (matters || clipsBelow(this.clips, datasetPath(this.dataset, path)).length > 0) {
      return false;
    }
    try {
      return !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
    } catch {
      return false;
    }
  }
}

/** What clips and the paths of their documents depend on, beside the files. */
export function layoutOf(dataset: DatasetFolder): string {
  return JSON.stringify([dataset.path, dataset.mediaRoots, dataset.documentRoot ?? null]);
}

/** What answers to questions depend on, beside the files. */
export function questionsOf(dataset: DatasetFolder): string {
  return JSON.stringify([layoutOf(dataset), dataset.manifest.splits ?? null]);
}
