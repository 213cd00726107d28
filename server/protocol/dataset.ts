import type { AnnotationStatus } from './annotation.js';
import { clientNotification, clientRequest, serverNotification } from './descriptor.js';
import type { Streaming } from './progress.js';

/** `format` of a dataset's manifest, `videochat.dataset.json`. */
export const datasetFormat = 'videochat-dataset';
export const datasetVersion = 1;
export const datasetFileName = 'videochat.dataset.json';

/**
 * A dataset: a folder with this manifest at its root. Clips are all videos below the media roots; the document of a
 * clip stands beside it, or under `annotations` at the same relative path. A folder below a root that has a manifest is
 * another dataset: nothing in it belongs to this one, unless it is itself named as a root.
 */
export interface DatasetManifest {
  format: typeof datasetFormat;
  version: number;
  name?: string;
  /** Folders with clips, relative to the manifest; default: the manifest's own. */
  media?: string[];
  /** Folder for documents, relative to the manifest; left out: beside the clips. */
  annotations?: string;
  /** Timeline rows in order; default: one, `main`. */
  tracks?: TrackRule[];
  labels?: LabelRule[];
  tasks?: { id: string; title: string; description?: string }[];
  /** Split by clip: path (relative to its media root, `/`) or a pattern with `*` and `**` → first match counts. */
  splits?: { name: string; clips: string[] }[];
  /** Markdown for annotators. */
  instructions?: string;
  imports?: DatasetImport[];
}

export interface TrackRule {
  id: string;
  title?: string;
  /** Segments of this track may overlap; default true. */
  overlap?: boolean;
}

export interface LabelRule {
  name: string;
  /** `#rrggbb`. */
  color?: string;
  /** `1`…`9`: the key that sets it. */
  key?: string;
  /** Only on these tracks; left out: on all. */
  tracks?: string[];
  attributes?: AttributeRule[];
}

export interface AttributeRule {
  name: string;
  type: 'text' | 'number' | 'boolean' | 'choice';
  options?: string[];
  required?: boolean;
}

/** An imported file. */
export interface DatasetImport {
  id: string;
  format: string;
  /** Its name, for people. */
  file: string;
  sha256: string;
  /** ISO 8601, UTC. */
  at: string;
  items: number;
  /** What stood in the file around its items. */
  rest?: unknown;
}

/** Names that `dataset import` and `dataset export` take for `--format`. */
export const datasetFormatNames = [
  'videochat',
  'videochat2-it',
  'video-chatgpt',
  'llava',
  'vtimellm',
  'activitynet-captions',
  'charades-sta',
  'egoschema',
  'nextqa',
  'llovi',
  'lavila',
  'mvbench',
  'webvtt',
  'srt',
  'elan',
  'via3',
  'label-studio',
  'cvat',
  'fiftyone',
  'csv',
  'jsonl',
  'messages',
] as const;
export type DatasetFormatName = (typeof datasetFormatNames)[number];

/** What is wrong in a document or manifest. Codes are stable; they are in the README. */
export type AnnotationProblemCode =
  | 'notJson'
  | 'schema'
  | 'newerVersion'
  | 'duplicateId'
  | 'duplicateItem'
  | 'endBeforeStart'
  | 'outOfRange'
  | 'overlap'
  | 'emptyCaption'
  | 'unknownLabel'
  | 'unknownTrack'
  | 'missingAttribute'
  | 'badAttribute'
  | 'mediaMissing'
  | 'mediaChanged'
  | 'offFrame';

export interface AnnotationProblem {
  code: AnnotationProblemCode;
  severity: 'error' | 'warning' | 'information';
  message: string;
  /** Where in the text: offset and length in UTF-16 units. */
  offset: number;
  length: number;
  /** Item it is about. */
  itemId?: string;
}

export interface DatasetOpenParams extends Streaming {
  /** Absolute path of a folder with a manifest, or of any folder: then all videos below it are its clips. */
  path: string;
  /** Answer from the index on disk, where there is one, and look at the files afterwards. Default: false. */
  fromIndex?: boolean;
}
export interface DatasetSummary {
  datasetId: string;
  path: string;
  manifest: DatasetManifest;
  /** What is wrong with the manifest, if anything. */
  problems: AnnotationProblem[];
  clips: number;
  /** Clips by progress. */
  progress: Record<ClipProgress, number>;
  /** Segments by label, most first, at most 1000. */
  labels: { label: string; segments: number }[];
  /** Items by who made or reviewed them, most first, at most 1000. */
  annotators: { annotator: string; items: number }[];
  /** From the index on disk: the files are being looked at. {@link DatasetUpdatedNotification} tells where they differ. */
  fromIndex?: true;
}
export interface DatasetOpenProgress {
  /** Clips seen so far. */
  clips: number;
}
/**
 * Opens a dataset through an index on disk, which is brought up to date first (after the answer with `fromIndex`): only
 * documents that changed since are read. Opening an open dataset updates it. Progress while it is indexed.
 */
export const DatasetOpenRequest = clientRequest<DatasetOpenParams, DatasetSummary, DatasetOpenProgress>('dataset/open');
export const DatasetCloseRequest = clientRequest<{ datasetId: string }, null>('dataset/close');
/** Files below a dataset changed; the next question about it looks at them again. Paths are absolute. */
export const DatasetChangedNotification = clientNotification<{ datasetId: string; paths: string[] }>('dataset/changed');
/**
 * Answers about a dataset would now be others than those that were given while its files were looked at: ask again. May
 * come before the answer that it corrects.
 */
export const DatasetUpdatedNotification = serverNotification<DatasetSummary>('dataset/updated');

/**
 * `unlabelled`: no items at all. `suggested`: suggestions only, none looked at. `inReview`: some of both. `done`:
 * nothing left to look at.
 */
export type ClipProgress = 'unlabelled' | 'suggested' | 'inReview' | 'done';

/**
 * Filters are joined by "and"; left out ones let everything through. `label`, `status` and `annotator` ask for clips
 * with an item that is all of them.
 */
export interface ClipFilter {
  /** Part of the path, any case. */
  text?: string;
  progress?: ClipProgress[];
  label?: string;
  status?: AnnotationStatus | 'own';
  /** Made or reviewed it. */
  annotator?: string;
  split?: string;
  /** Below this folder of the dataset. */
  folder?: string;
}

export interface ClipEntry {
  /** Relative to the dataset, with `/`. */
  path: string;
  /** Absolute; the document need not exist yet. */
  documentPath: string;
  videoPath: string;
  progress: ClipProgress;
  /** Items still `suggested`. */
  toReview: number;
  items: number;
  split?: string;
  /** The document cannot be read. */
  broken?: boolean;
  /** The document is there, the clip is not. */
  missing?: boolean;
}

export interface DatasetListParams {
  datasetId: string;
  filter?: ClipFilter;
  /** Position of the first one, in the order of paths. */
  offset: number;
  /** At most 1000. */
  count: number;
}
export const DatasetListRequest = clientRequest<DatasetListParams, { total: number; clips: ClipEntry[] }>('dataset/list');

/** Folders and clips directly below a folder (`''`: the root), with counts: what a tree shows. */
export interface FolderEntry {
  path: string;
  clips: number;
  progress: Record<ClipProgress, number>;
}
export interface DatasetFolderParams {
  datasetId: string;
  folder: string;
  filter?: ClipFilter;
  /** Position of the first clip of the folder itself; default 0. */
  offset?: number;
  /** At most this many clips of the folder itself; default and most: 1000. */
  count?: number;
}
/** `total`: clips of the folder itself; those of an entry are all below it. */
export const DatasetFolderRequest = clientRequest<DatasetFolderParams, { folders: FolderEntry[]; clips: ClipEntry[]; total: number }>(
  'dataset/folder',
);

/** One thing to look at in a review. */
export interface ReviewItem {
  documentPath: string;
  videoPath: string;
  list: 'segments' | 'questions' | 'conversations';
  itemId: string;
}
export interface DatasetReviewParams {
  datasetId: string;
  /** `status` counts for items here; default `suggested`. */
  filter?: ClipFilter;
  /** Behind this one, in the order of paths and of items in their documents; left out: from the start. */
  after?: { documentPath: string; itemId?: string };
  /** At most 1000. */
  count: number;
}
/** `left`: how many there are behind `after`, those of the answer among them. */
export const DatasetReviewRequest = clientRequest<DatasetReviewParams, { items: ReviewItem[]; left: number }>('dataset/review');

export interface DatasetValidateParams extends Streaming {
  path: string;
  /** Compare the clips' hashes too: reads every byte of them. */
  hashes?: boolean;
}
export interface ValidatedFile {
  path: string;
  problems: (AnnotationProblem & { line: number; column: number })[];
}
export interface DatasetValidateResult {
  files: number;
  errors: number;
  warnings: number;
  found: ValidatedFile[];
  /** There are more problems than are told. */
  truncated: boolean;
  /** Folders inside that are datasets of their own, absolute, at most 100: they were not checked. */
  others?: string[];
}
/** Checks a manifest, all documents and their clips. Progress has files as they are checked; only those with problems are in the answer. */
export const DatasetValidateRequest = clientRequest<DatasetValidateParams, DatasetValidateResult, { done: number; total: number }>('dataset/validate');

export interface DatasetImportParams extends Streaming {
  /** Absolute path of the file (or folder, for formats of many files). */
  file: string;
  format: DatasetFormatName;
  /** Folder that names of clips in the file are relative to. */
  mediaFolder: string;
  /** Dataset folder; made if missing. */
  dataset: string;
  /** What to do with a clip that has a document already; default `add`. */
  existing?: 'add' | 'skip';
}
export interface DatasetImportResult {
  importId: string;
  items: number;
  documents: number;
  /** Items that could not be taken, at most 1000; `skipped` counts all. */
  skipped: number;
  problems: { index: number; message: string }[];
  /** Clips that the file names and the folder does not hold; their documents are written all the same. */
  missingMedia: number;
}
export const DatasetImportRequest = clientRequest<DatasetImportParams, DatasetImportResult, { done: number; bytes: number; totalBytes: number }>(
  'dataset/import',
);

export interface DatasetExportParams extends Streaming {
  dataset: string;
  format: DatasetFormatName;
  out: string;
  split?: string;
  /** Leaves out what other imports brought, so that one of several files comes out alone. */
  importId?: string;
  /** Items with these statuses; default: all but `suggested` and `rejected`. */
  statuses?: (AnnotationStatus | 'own')[];
}
export interface DatasetExportResult {
  items: number;
  documents: number;
  /** What the format has no place for, with counts: `segments without caption`, `track`, … */
  lost: { what: string; count: number }[];
}
export const DatasetExportRequest = clientRequest<DatasetExportParams, DatasetExportResult, { done: number; total: number }>('dataset/export');

export interface DatasetAgreementParams {
  /** Dataset folders, or folders of documents, one per annotator; or one dataset whose items name their authors. */
  paths: string[];
  /** Segments match from this temporal intersection over union on; default 0.5. */
  minIou?: number;
}
export interface AgreementPair {
  a: string;
  b: string;
  clips: number;
  segmentsA: number;
  segmentsB: number;
  matched: number;
  /** 2·matched ÷ (segments of both). */
  f1: number;
  meanIou: number;
  /** Cohen's kappa over the labels of matched segments; null where it has no meaning (none matched, one label). */
  kappa: number | null;
  /** Label of A → label of B → matched segments. */
  confusion: Record<string, Record<string, number>>;
}
export const DatasetAgreementRequest = clientRequest<DatasetAgreementParams, { annotators: string[]; pairs: AgreementPair[] }>(
  'dataset/agreement',
);
