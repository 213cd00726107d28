import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { longestDocument, readAnnotations } from '../../common/annotations/readAnnotations.js';
import type { AnnotationDocument } from '../../protocol/index.js';
import type { FactsPool } from './documentFacts.js';
import type { IndexedDocument } from './indexedClip.js';

/** Changes that come this close together may leave a file with the same time, in milliseconds. */
const clockStepMs = 50;
/** UTF-8 has at most three bytes for a unit of UTF-16. */
const mostBytes = 3 * longestDocument;

/** The document at a path, as it is now; undefined if there is none, or none that can be read. */
export function documentAt(path: string): AnnotationDocument | undefined {
  const stats = fileAt(path);
  return stats && parse(path, stats);
}

/** What the index has to know of a file; what it knew before, if it did not change. Undefined if there is no file. */
export function indexDocument(path: string, name: string, known: IndexedDocument | undefined, pool: FactsPool): IndexedDocument | undefined {
  const stats = fileAt(path);
  if (!stats || (known?.changedMs === stats.mtimeMs && known.bytes === stats.size)) {
    return stats && known;
  }
  const settled = Date.now() - stats.mtimeMs > clockStepMs;
  const stamp = { bytes: stats.size, changedMs: settled ? stats.mtimeMs : -1 };
  const document = parse(path, stats);
  if (!document) {
    return stamp;
  }
  const media = document.media.path;
  const isUsual = media === name || media === posix.basename(name);
  return { ...stamp, facts: pool.of(document), ...(isUsual ? {} : { media }) };
}

function fileAt(path: string): Stats | undefined {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats : undefined;
  } catch {
    return undefined;
  }
}

function parse(path: string, { size }: Stats): AnnotationDocument | undefined {
  try {
    return size > mostBytes ? undefined : readAnnotations(readFileSync(path, 'utf8')).document;
  } catch {
    return undefined;
  }
}
