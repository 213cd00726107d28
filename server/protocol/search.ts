import { clientRequest } from './descriptor.js';
import type { AnnotationList } from './annotation.js';
import type { Streaming } from './progress.js';
import type { Segment } from './video.js';

/**
 * What tells of a moment. `objects`, `people`, `text` and `motion`: the timeline, where somebody has looked through the
 * clip. `speech`: subtitles. `captions`: what models have said of parts of the clip. `annotations`: documents beside it.
 * `name`: the clip's own name and folder. `pictures`: what its pictures look like, where a model for that (a dual encoder)
 * is installed and has seen the clip.
 */
export const searchKinds = ['objects', 'people', 'text', 'speech', 'motion', 'captions', 'annotations', 'name', 'pictures'] as const;
export type SearchKind = (typeof searchKinds)[number];

export interface SearchIndexParams extends Streaming {
  /** Absolute. All clips below them are to be found. */
  folders: string[];
  /**
   * Only these, which came, changed or went since: clips, documents, subtitles or folders; absolute. Those outside
   * `folders` are passed over.
   */
  paths?: string[];
  /** Looks through clips that nobody has looked through, one after the other. That takes about as long as they last. */
  look?: boolean;
}

export type SearchIndexProgress =
  /** `done` of `total` clips have been compared with the index: first what lies `beside` all of them, then what is `inside`. */
  | { kind: 'clips'; stage: 'beside' | 'inside'; done: number; total: number }
  /** A clip is looked through; `fraction` of it. */
  | { kind: 'look'; path: string; fraction: number; done: number; total: number };

export interface SearchIndexResult {
  /** Clips below the folders that can be found now. */
  clips: number;
  /** Clips that came or changed. */
  changed: number;
  /** Clips that are gone. */
  removed: number;
  /**
   * Clips that nobody has looked through: of them, only names, subtitles and annotations are known. Where a model for
   * `pictures` is installed, also those whose pictures it has not seen.
   */
  unseen: number;
  /** The index on disk could not be read and was made anew. */
  rebuilt: boolean;
  /** The index has reached its size, or a folder its number of clips: some clips cannot be found. */
  full: boolean;
  /** Clips that could not be read, at most a hundred of them. */
  failed: { path: string; code: number; message: string }[];
  /** The model for `pictures` that was used; left out where none is installed, or nobody looked. */
  retrieval?: SearchRetrieval;
}

/** A model that finds pictures by words. */
export interface SearchRetrieval {
  model: string;
  /** Why it was not used after all; words were searched all the same. */
  problem?: { code: number; message: string };
}
/**
 * Compares the clips of folders with the index on disk, and reads again what changed. It may be stopped and asked for
 * again: what has been read is kept.
 *
 * @throws InvalidParams, RequestCancelled, DiskFull, SearchUnavailable
 */
export const SearchIndexRequest = clientRequest<SearchIndexParams, SearchIndexResult, SearchIndexProgress>('search/index');

export interface SearchQueryParams {
  /** Words, "words in order", and -words that must not be there. */
  query: string;
  /** Absolute; only clips below them. Left out: all clips that are known. */
  folders?: string[];
  /** All, unless some are named. */
  kinds?: SearchKind[];
  /** Most moments; 50 unless it says otherwise. */
  limit?: number;
}

/** Why a word was found for another one. `form`: of the same word, as "cars" for "car". */
export interface SearchWidening {
  /** As it stands in the text. */
  found: string;
  /** As it was asked for. */
  asked: string;
  how: 'form' | 'synonym' | 'kind';
}

/** Something that was found in a clip. */
export interface SearchMatch extends Segment {
  kind: SearchKind;
  /** Of `pictures`: the question that they fit. */
  text: string;
  /** Where in the text: start and end, in UTF-16 units. */
  ranges: [number, number][];
  /** Who says so: the id of a model, `subtitles`, or who wrote the annotation. */
  source: string;
  /** 0…1, of the model; left out where nothing was guessed. */
  confidence?: number;
  /** How many of them at once. */
  count?: number;
  /** Words that were not asked for themselves. */
  widened: SearchWidening[];
  /** Of an annotation: where it stands. */
  document?: { path: string; list?: AnnotationList; itemId?: string };
}

/** A part of a clip that fits. */
export interface SearchMoment extends Segment {
  /** Absolute. */
  path: string;
  /** The frame that shows it best. */
  bestSeconds: number;
  /** What was found there, the best first; each for another word where several were asked for. */
  matches: SearchMatch[];
  /** Words of the question that were not found here. */
  missing: string[];
  /** Larger is better; only to be compared within one answer. */
  score: number;
}

export interface SearchQueryResult {
  /** The best first. */
  moments: SearchMoment[];
  /** There are more than `limit`. */
  more: boolean;
  /** Clips that were searched. */
  clips: number;
  /** The index on disk could not be read and begins anew: ask for `search/index`. */
  rebuilt: boolean;
  /** The model for `pictures` that was used; left out where none is installed, or it has seen no clip. */
  retrieval?: SearchRetrieval;
}
/**
 * Finds moments in clips that were indexed. Other forms of a word, its synonyms, and kinds of it are found too, after
 * what was asked for itself. Where a model for `pictures` has seen clips, moments that look like the question are found too;
 * not for "words in quotes", which must stand there. Both rankings become one: each moment counts 1 / (60 + its place)
 * in each.
 *
 * @throws InvalidParams where nothing is left to look for, SearchUnavailable, RequestCancelled
 */
export const SearchQueryRequest = clientRequest<SearchQueryParams, SearchQueryResult>('search/query');
