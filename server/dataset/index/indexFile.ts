import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BoundedFolder } from '../../common/boundedFolder.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { annotationLists, type DocumentFacts, type FactsPool, type ItemGroup } from './documentFacts.js';
import type { IndexedDocument } from './indexedClip.js';

/** A dataset of 100,000 clips has some 10 MB. */
const bounds = { extension: '.index', limitBytes: 512 * 1024 * 1024 };
const version = 1;

const name = z.string().optional();
const groupSchema = z.strictObject({
  list: z.enum(annotationLists),
  status: z.enum(['own', 'suggested', 'accepted', 'edited', 'rejected']),
  label: name,
  author: name,
  reviewer: name,
  count: z.int().min(1),
}) satisfies z.ZodType<ItemGroup>;

/** Columns: a hundred thousand small objects would take longer to read than the folders themselves. */
interface Columns {
  /** What the index is of; another layout of the dataset is another index. */
  of: string;
  keys: string[];
  bytes: number[];
  times: number[];
  /** Position in `facts`; −1: cannot be read. */
  factsOf: number[];
  media: [number, string][];
  /** Positions in `groups`. */
  facts: number[][];
  groups: ItemGroup[];
}

/**
 * The index of a dataset on disk: what its documents were when they were read. It is only a memory: a file that is
 * damaged, of another version or missing is an empty one, and one that cannot be written costs only time.
 */
export class IndexFile {
  private readonly files: BoundedFolder;

  constructor(folder: string) {
    this.files = new BoundedFolder(folder, bounds);
  }

  async read(dataset: DatasetFolder, pool: FactsPool): Promise<Map<string, IndexedDocument>> {
    try {
      const file = await this.files.find(keyOf(dataset));
      if (file === undefined) {
        return new Map();
      }
      const data = await readFile(file);
      const body = data.subarray(65);
      if (data.subarray(0, 64).toString('latin1') !== digest(body)) {
        return new Map();
      }
      const columns = JSON.parse(body.toString('utf8')) as Columns;
      return columns.of === identityOf(dataset) ? fromColumns(columns, pool) : new Map();
    } catch {
      return new Map();
    }
  }

  async write(dataset: DatasetFolder, documents: ReadonlyMap<string, IndexedDocument>): Promise<void> {
    const body = Buffer.from(JSON.stringify(toColumns(identityOf(dataset), documents)));
    await this.files.write(keyOf(dataset), Buffer.concat([Buffer.from(`${digest(body)}\n`), body]));
  }
}

function identityOf({ path, manifest }: DatasetFolder): string {
  return JSON.stringify([version, path, manifest.annotations ?? null]);
}

function keyOf({ path }: DatasetFolder): string {
  return digest(Buffer.from(path));
}

function digest(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function toColumns(of: string, documents: ReadonlyMap<string, IndexedDocument>): Columns {
  const columns: Columns = { of, keys: [], bytes: [], times: [], factsOf: [], media: [], facts: [], groups: [] };
  const places = new Map<DocumentFacts | ItemGroup, number>();
  const place = <T extends DocumentFacts | ItemGroup>(item: T, add: (item: T) => number): number => {
    const at = places.get(item) ?? add(item) - 1;
    places.set(item, at);
    return at;
  };
  const addFacts = ({ groups }: DocumentFacts): number =>
    columns.facts.push(groups.map((group) => place(group, (each) => columns.groups.push(each))));
  for (const [key, { bytes, changedMs, facts, media }] of documents) {
    const at = columns.keys.push(key) - 1;
    columns.bytes.push(bytes);
    columns.times.push(changedMs);
    columns.factsOf.push(facts ? place(facts, addFacts) : -1);
    if (media !== undefined) {
      columns.media.push([at, media]);
    }
  }
  return columns;
}

function fromColumns(columns: Columns, pool: FactsPool): Map<string, IndexedDocument> {
  const groups = z.array(groupSchema).parse(columns.groups);
  const facts = columns.facts.map((list) => pool.ofGroups(list.map((at) => groups[at]).filter((group) => group !== undefined)));
  const documents = new Map<string, IndexedDocument>();
  columns.keys.forEach((key, i) => {
    const known = facts[columns.factsOf[i] ?? -1];
    documents.set(key, { bytes: columns.bytes[i] ?? 0, changedMs: columns.times[i] ?? -1, ...(known ? { facts: known } : {}) });
  });
  for (const [at, media] of columns.media) {
    const document = documents.get(columns.keys[at] ?? '');
    if (document) {
      document.media = media;
    }
  }
  return documents;
}
