import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import { type AgreementPair, type AnnotationDocument, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import { DatasetFolder } from '../datasetFolder.js';
import { documentAt } from '../index/readDocument.js';
import { walkDocuments } from '../walkDocuments.js';
import { type AnnotatorClips, PairComparison } from './compareAnnotators.js';
import type { TimedLabel } from './matchSegments.js';

/** Every two are compared. */
const mostAnnotators = 50;

interface Annotator {
  name: string;
  clips: Map<string, TimedLabel[]>;
}

/**
 * How far annotators agree on segments: each folder is an annotator, or, where one folder is given, each author of its
 * items. Suggestions that nobody has looked at and rejected items do not count.
 *
 * @throws VideoChatError AnnotationsInvalid for what is no folder; InvalidParams for more than 50 annotators
 */
export async function agreement(
  { paths, minIou = 0.5 }: { paths: readonly string[]; minIou?: number | undefined },
  token?: CancellationToken,
): Promise<{ annotators: string[]; pairs: AgreementPair[] }> {
  const breath = new Breath(token);
  const folders: FoundDocument[][] = [];
  for (const path of paths) {
    folders.push(await documentsOf(path, breath));
  }
  const keyOf = clipKeys(folders.flat());
  const [only] = folders;
  const annotators = only && folders.length === 1 ? byAuthor(only, keyOf) : folders.map((documents, i) => ofFolder(nameOf(paths, i), documents, keyOf));
  if (annotators.length > mostAnnotators) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There are ${annotators.length} annotators; at most ${mostAnnotators} can be compared.`, {
      hint: 'Compare fewer folders at a time.',
    });
  }
  const pairs: AgreementPair[] = [];
  for (const [i, a] of annotators.entries()) {
    for (const b of annotators.slice(i + 1)) {
      pairs.push(await compare(a, b, minIou, breath));
    }
  }
  return { annotators: annotators.map(({ name }) => name), pairs };
}

async function compare(a: Annotator, b: Annotator, minIou: number, breath: Breath): Promise<AgreementPair> {
  const comparison = new PairComparison(a.name, b.name, minIou);
  for (const [clip, segments] of a.clips as AnnotatorClips) {
    await breath.take();
    const others = b.clips.get(clip);
    if (others) {
      comparison.add(segments, others);
    }
  }
  return comparison.result();
}

/** The last part of a path, or all of it where that says nothing. */
function nameOf(paths: readonly string[], i: number): string {
  const path = paths[i] ?? '';
  return paths.filter((each) => basename(each) === basename(path)).length > 1 ? path : basename(path);
}

interface FoundDocument {
  /** Of the clip's bytes. */
  sha256: string | undefined;
  /** Of the clip in its dataset. */
  path: string;
  segments: AnnotationDocument['segments'];
}
type KeyOf = (document: FoundDocument) => string;

/** What tells clips apart: their hash; where a document has none, that of another document for the same path, or the path. */
function clipKeys(documents: readonly FoundDocument[]): KeyOf {
  const hashes = new Map<string, string>();
  for (const { path, sha256 } of documents) {
    if (sha256 !== undefined && !hashes.has(path)) {
      hashes.set(path, sha256);
    }
  }
  return ({ path, sha256 }) => sha256 ?? hashes.get(path) ?? path;
}

/** All of a folder is one annotator's. */
function ofFolder(name: string, documents: readonly FoundDocument[], keyOf: KeyOf): Annotator {
  const clips = new Map<string, TimedLabel[]>();
  for (const document of documents) {
    const key = keyOf(document);
    clips.set(key, [...(clips.get(key) ?? []), ...document.segments]);
  }
  return { name, clips };
}

/** Whoever says so: who reviewed a model's segment stands for it. Of a clip that nobody has marked, nobody is known to have looked at it. */
function byAuthor(documents: readonly FoundDocument[], keyOf: KeyOf): Annotator[] {
  const annotators = new Map<string, Annotator>();
  for (const document of documents) {
    for (const segment of document.segments) {
      const { author, reviewer } = segment.provenance ?? {};
      const name = (author === 'model' ? reviewer : undefined) ?? author ?? '?';
      const annotator = annotators.get(name) ?? { name, clips: new Map<string, TimedLabel[]>() };
      annotators.set(name, annotator);
      const key = keyOf(document);
      const segments = annotator.clips.get(key) ?? [];
      annotator.clips.set(key, segments);
      segments.push(segment);
    }
  }
  return [...annotators.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function countedSegments({ segments }: AnnotationDocument): AnnotationDocument['segments'] {
  return segments.filter(({ start, end, provenance }) => end > start && provenance?.status !== 'suggested' && provenance?.status !== 'rejected');
}

async function documentsOf(path: string, breath: Breath): Promise<FoundDocument[]> {
  if (!(await stat(path).then((stats) => stats.isDirectory(), () => false))) {
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`There is no folder ${path}.`, {
      hint: 'Choose a folder with videos or annotations.',
      subject: path,
    });
  }
  const { dataset } = await DatasetFolder.read(path);
  const documents: FoundDocument[] = [];
  for await (const { path: file, clip } of walkDocuments(dataset)) {
    await breath.take();
    const document = documentAt(file);
    if (document) {
      documents.push({ sha256: document.media.sha256, path: clip, segments: countedSegments(document) });
    }
  }
  return documents;
}
