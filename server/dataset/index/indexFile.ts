import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BoundedFolder } from '../../common/boundedFolder.js';
import type { DatasetFolder } from '../datasetFolder.js';
import type { FactsPool } from './documentFacts.js';
import {
  type ClipColumns,
  type DocumentColumns,
  fromClipColumns,
  fromDocumentColumns,
  toClipColumns,
  toDocumentColumns,
} from './indexColumns.js';
import type { IndexedDocument } from './indexedClip.js';
import { layoutOf, type SeenDataset } from './seenDataset.js';

/** A dataset of 100,000 clips has some 10 MB. */
const bounds = { extension: '.index', limitBytes: 512 * 1024 * 1024 };
const version = 2;

interface Content extends DocumentColumns {
  /** What the documents are of; another layout of them is another index. */
  of: string;
  /** Left out: the clips were never looked for to the end. */
  seen?: ClipColumns & { of: string };
}

/** What an index on disk knows. */
export interface Remembered {
  documents: Map<string, IndexedDocument>;
  /** The clips as they were found last, where the manifest has not changed their layout since. */
  seen?: SeenDataset;
}

/**
 * The index of a dataset on disk: its clips, and what its documents were when they were read. It is only a memory: a
 * file that is damaged, of another version or missing is an empty one, and one that cannot be written costs only time.
 */
export class IndexFile {
  private readonly files: BoundedFolder;

  constructor(folder: string) {
    this.files = new BoundedFolder(folder, bounds);
  }

  async read(dataset: DatasetFolder, pool: FactsPool): Promise<Remembered> {
    const nothing: Remembered = { documents: new Map() };
    try {
      const file = await this.files.find(keyOf(dataset));
      if (file === undefined) {
        return nothing;
      }
      const data = await readFile(file);
      const body = data.subarray(65);
      if (data.subarray(0, 64).toString('latin1') !== digest(body)) {
        return nothing;
      }
      const content = JSON.parse(body.toString('utf8')) as Content;
      if (content.of !== identityOf(dataset)) {
        return nothing;
      }
      const documents = fromDocumentColumns(content, pool);
      const seen = content.seen?.of === layoutOf(dataset) ? fromClipColumns(content.seen, dataset, content.keys, documents) : undefined;
      const byKey = new Map<string, IndexedDocument>();
      documents.forEach((each, i) => byKey.set(content.keys[i] ?? '', each));
      return { documents: byKey, ...(seen ? { seen } : {}) };
    } catch {
      return nothing;
    }
  }

  /** @param seen of the same layout; left out: the clips were never looked for to the end */
  async write(dataset: DatasetFolder, documents: ReadonlyMap<string, IndexedDocument>, seen: SeenDataset | undefined): Promise<void> {
    const content: Content = {
      of: identityOf(dataset),
      ...toDocumentColumns(documents),
      ...(seen ? { seen: { of: layoutOf(seen.dataset), ...toClipColumns(seen, documents) } } : {}),
    };
    const body = Buffer.from(JSON.stringify(content));
    await this.files.write(keyOf(dataset), Buffer.concat([Buffer.from(`${digest(body)}\n`), body]));
  }
}

/** What the keys of documents depend on. */
export function identityOf({ path, manifest }: DatasetFolder): string {
  return JSON.stringify([version, path, manifest.annotations ?? null]);
}

function keyOf({ path }: DatasetFolder): string {
  return digest(Buffer.from(path));
}

function digest(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
