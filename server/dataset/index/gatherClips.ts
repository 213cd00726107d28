import { statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { annotationSuffix, looksLikeVideo } from '../../protocol/index.js';
import type { Breath } from '../breathe.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { splitFinder } from '../splitOf.js';
import type { FactsPool } from './documentFacts.js';
import { byPath, type IndexedClip, type IndexedDocument } from './indexedClip.js';
import { indexDocument } from './readDocument.js';
import { walkTree } from './walkTree.js';

/** A path as datasets name it: relative to them, with `/`; absolute on another drive. */
export function datasetPath(dataset: DatasetFolder, path: string): string {
  const found = relative(dataset.path, path);
  return (isAbsolute(found) ? path : found).split(sep).join('/');
}

/**
 * Finds a dataset's clips and documents and joins them. A document's key is the name of its clip: below the media root
 * where documents lie apart, below the dataset where they lie beside the clips.
 */
export class ClipGatherer {
  /** Whether any document is not as it was known. */
  isChanged = false;
  private readonly clips = new Map<string, IndexedClip>();
  private readonly found = new Map<string, { root: number; name: string }>();
  private readonly prefixes: string[];
  private readonly splitOf: (clip: string) => string | undefined;

  constructor(
    private readonly dataset: DatasetFolder,
    private readonly breath: Breath,
    private readonly report: (clips: number) => void,
  ) {
    this.prefixes = dataset.mediaRoots.map((root) => {
      const path = datasetPath(dataset, root);
      return path === '' ? '' : `${path}/`;
    });
    this.splitOf = splitFinder(dataset.manifest);
  }

  async walk(): Promise<void> {
    const { dataset, breath } = this;
    const seen = new Set<string>();
    const areApart = dataset.documentRoot !== undefined;
    for (const [root, folder] of dataset.mediaRoots.entries()) {
      await walkTree(folder, seen, breath, ({ name, isLink }) => {
        if (looksLikeVideo(name)) {
          this.addClip(root, name, isLink && !isFile(resolve(folder, name)));
        } else if (!areApart && !isLink && name.endsWith(annotationSuffix)) {
          this.addDocument(root, name);
        }
      });
    }
    if (dataset.documentRoot !== undefined) {
      await walkTree(dataset.documentRoot, new Set(), breath, ({ name, isLink }) => {
        if (!isLink && name.endsWith(annotationSuffix)) {
          this.addDocument(0, name);
        }
      });
    }
  }

  /**
   * Reads those documents that are not as they were known.
   *
   * @param known by key; grows while documents are read, so that nothing is read again after an interruption
   * @returns what there is now
   */
  async readDocuments(known: Map<string, IndexedDocument>, pool: FactsPool): Promise<Map<string, IndexedDocument>> {
    const documents = new Map<string, IndexedDocument>();
    for (const [key, { root, name }] of this.found) {
      await this.breath.take();
      const before = known.get(key);
      const document = indexDocument(this.dataset.documentPath(this.dataset.mediaRoots[root] ?? '', name), name, before, pool);
      if (document !== before) {
        this.isChanged = true;
        if (document) {
          known.set(key, document);
        }
      }
      if (document) {
        documents.set(key, document);
        if (documents.size % 1000 === 0) {
          this.report(documents.size);
        }
      }
    }
    this.isChanged ||= documents.size !== known.size;
    return documents;
  }

  /** All clips in the order of their paths, each with its document. */
  join(documents: ReadonlyMap<string, IndexedDocument>): IndexedClip[] {
    const orphans: [string, IndexedDocument][] = [];
    for (const [key, document] of documents) {
      const clip = this.clips.get(key);
      if (clip) {
        clip.document = document;
      } else {
        orphans.push([key, document]);
      }
    }
    const more = orphans.flatMap(([key, document]) => this.adopt(key, document));
    return [...this.clips.values(), ...more].sort(byPath);
  }

  private addClip(root: number, name: string, missing: boolean): void {
    const path = `${this.prefixes[root] ?? ''}${name}`;
    const key = this.keyOf(root, name);
    // Where documents lie apart, clips of one name in two roots share a document: the first one has it.
    if (!this.clips.has(key)) {
      const split = this.splitOf(name);
      this.clips.set(key, { path, root, name, ...(split === undefined ? {} : { split }), ...(missing ? { missing } : {}) });
      if (this.clips.size % 10_000 === 0) {
        this.report(this.clips.size);
      }
    }
  }

  private addDocument(root: number, file: string): void {
    const name = file.slice(0, -annotationSuffix.length);
    this.found.set(this.keyOf(root, name), { root, name });
  }

  private keyOf(root: number, name: string): string {
    return this.dataset.documentRoot === undefined ? `${this.prefixes[root] ?? ''}${name}` : name;
  }

  /** The clip of a document whose name is not that of a clip: where the document says, if anywhere. */
  private adopt(key: string, document: IndexedDocument): IndexedClip[] {
    const { root, name } = this.found.get(key) ?? { root: 0, name: key };
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
