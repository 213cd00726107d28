import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { annotationSuffix, looksLikeVideo } from '../../protocol/index.js';
import type { Breath } from '../breathe.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { splitFinder } from '../splitOf.js';
import type { FactsPool } from './documentFacts.js';
import { byPath, clipKeys, datasetPath, type IndexedClip, type IndexedDocument, rootPrefixes } from './indexedClip.js';
import { indexDocument } from './readDocument.js';
import { type FoundFile, walkTree } from './walkTree.js';

/** A document on disk. `name`: of its clip, below its root. */
interface FoundEntry {
  key: string;
  root: number;
  name: string;
  document?: IndexedDocument | undefined;
}

/** Asking for the time at each of a hundred thousand files would take longer than some of the files. */
const filesPerBreath = 64;

/** Finds a dataset's clips and documents and joins them. */
export class ClipGatherer {
  /** Whether any document is not as it was known. */
  isChanged = false;
  /** Folders inside that are datasets of their own, absolute. */
  readonly others = new Set<string>();
  private readonly clips = new Map<string, IndexedClip>();
  private readonly found: FoundEntry[] = [];
  private readonly prefixes: string[];
  /** Of each media root, with a separator at the end: paths are put together without looking at them again. */
  private readonly documentFolders: string[];
  private readonly keyOf: (root: number, name: string) => string;
  private readonly splitOf: (clip: string) => string | undefined;

  constructor(
    private readonly dataset: DatasetFolder,
    private readonly breath: Breath,
    private readonly report: (clips: number) => void,
  ) {
    this.prefixes = rootPrefixes(dataset);
    this.keyOf = clipKeys(dataset).keyOf;
    this.documentFolders = dataset.documentRoots.map((root) => (root.endsWith(sep) ? root : root + sep));
    this.splitOf = splitFinder(dataset.manifest);
  }

  async walk(): Promise<void> {
    const { dataset, breath } = this;
    const seen = new Set<string>();
    const other = (folder: string): unknown => this.others.add(folder);
    const areApart = dataset.documentRoot !== undefined;
    for (const [root, folder] of dataset.mediaRoots.entries()) {
      const take = ({ name, isLink }: FoundFile): void => {
        if (looksLikeVideo(name)) {
          this.addClip(root, name, isLink && !isFile(resolve(folder, name)));
        } else if (!areApart && !isLink && name.endsWith(annotationSuffix)) {
          this.addDocument(root, name);
        }
      };
      await walkTree({ dataset, root: folder, seen, breath, take, other });
    }
    if (dataset.documentRoot !== undefined) {
      const take = ({ name, isLink }: FoundFile): void => {
        if (!isLink && name.endsWith(annotationSuffix)) {
          this.addDocument(0, name);
        }
      };
      await walkTree({ dataset, root: dataset.documentRoot, seen: new Set(), breath, take, other });
    }
  }

  /**
   * Reads those documents that are not as they were known.
   *
   * @param known by key; grows while documents are read, so that nothing is read again after an interruption
   * @returns what there is now
   */
  async readDocuments(known: Map<string, IndexedDocument>, pool: FactsPool): Promise<Map<string, IndexedDocument>> {
    const { dataset, found } = this;
    for (const [i, entry] of found.entries()) {
      if (i % filesPerBreath === 0) {
        await this.breath.take();
      }
      const { key, root, name } = entry;
      const before = known.get(key);
      const document = indexDocument(`${this.documentFolders[root] ?? dataset.path}${name}${annotationSuffix}`, name, before, pool);
      entry.document = document;
      if (document !== before) {
        this.isChanged = true;
        if (document) {
          known.set(key, document);
        }
      }
      if ((i + 1) % 1000 === 0) {
        this.report(i + 1);
      }
    }
    this.isChanged ||= found.length !== known.size;
    return this.isChanged ? new Map(found.flatMap(({ key, document }) => (document ? [[key, document] as const] : []))) : known;
  }

  /** All clips in the order of their paths, each with its document. */
  join(): IndexedClip[] {
    const orphans: FoundEntry[] = [];
    for (const entry of this.found) {
      const clip = this.clips.get(entry.key);
      if (clip && entry.document) {
        clip.document = entry.document;
      } else if (entry.document) {
        orphans.push(entry);
      }
    }
    const more = orphans.flatMap((entry) => this.adopt(entry));
    return [...this.clips.values(), ...more].sort(byPath);
  }

  private addClip(root: number, name: string, missing: boolean): void {
    const path = `${this.prefixes[root] ?? ''}${name}`;
    const key = this.keyOf(root, name);
    // Where documents lie apart, clips of one name in two roots share a document: the first one has it.
    if (!this.clips.has(key)) {
      const clip: IndexedClip = { path, root, name };
      const split = this.splitOf(name);
      if (split !== undefined) {
        clip.split = split;
      }
      if (missing) {
        clip.missing = missing;
      }
      this.clips.set(key, clip);
      if (this.clips.size % 10_000 === 0) {
        this.report(this.clips.size);
      }
    }
  }

  private addDocument(root: number, file: string): void {
    const name = file.slice(0, -annotationSuffix.length);
    this.found.push({ key: this.keyOf(root, name), root, name });
  }

  /** The clip of a document whose name is not that of a clip: where the document says, if anywhere. */
  private adopt({ root, name, document }: FoundEntry): IndexedClip[] {
    if (!document) {
      return [];
    }
    const documentPath = this.dataset.documentPath(this.dataset.mediaRoots[root] ?? '', name);
    const videoPath = clipPathOf(this.dataset, documentPath, document.media ?? name);
    if (videoPath === undefined) {
      const split = this.splitOf(name);
      return [{ path: `${this.prefixes[root] ?? ''}${name}`, root, name, document, missing: true, ...(split === undefined ? {} : { split }) }];
    }
    const path = datasetPath(this.dataset, videoPath);
    const of = this.prefixes.findIndex((prefix) => path.startsWith(prefix));
    const below = of < 0 ? path : path.slice(this.prefixes[of]?.length);
    const clip = of < 0 ? undefined : this.clips.get(this.keyOf(of, below));
    if (clip && !clip.document) {
      clip.document = document;
      clip.documentPath = documentPath;
      return [];
    }
    const split = this.splitOf(below);
    return [{ path, root: Math.max(0, of), name: below, document, documentPath, videoPath, ...(split === undefined ? {} : { split }) }];
  }
}

/**
 * Where the clip of a document lies: as the document says relative to itself, or to a media root, or as its own name
 * says. Undefined if there is no such file.
 *
 * @param media `media.path` of the document
 */
export function clipPathOf(dataset: DatasetFolder, documentPath: string, media: string): string | undefined {
  const bases = [resolve(documentPath, '..'), ...dataset.mediaRoots];
  const own = documentPath.slice(0, -annotationSuffix.length);
  const beside = dataset.documentRoot === undefined ? [own] : dataset.mediaRoots.map((root) => resolve(root, relative(dataset.documentRoot ?? '', own)));
  return [...bases.map((base) => resolve(base, media)), ...beside].find(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}
