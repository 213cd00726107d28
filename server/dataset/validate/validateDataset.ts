import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import { type FoundProblem, longestDocument, readAnnotations } from '../../common/annotations/readAnnotations.js';
import { TextLines } from '../../common/annotations/textLines.js';
import { validateAnnotations, type ValidationContext } from '../../common/annotations/validateAnnotations.js';
import type { Translate } from '../../common/translator.js';
import { datasetFileName, type DatasetValidateResult as Result, ErrorCode, phrase, type ValidatedFile, VideoChatError } from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import { DatasetFolder } from '../datasetFolder.js';
import { clipPathOf } from '../index/gatherClips.js';
import { manifestOnDisk } from '../manifestProblems.js';
import { walkDocuments } from '../walkDocuments.js';

type Clip = Exclude<ValidationContext['clip'], 'missing' | undefined>;

export interface ValidationOptions {
  translate: Translate;
  token?: CancellationToken | undefined;
  progress(value: { done: number; total: number }): void;
  /** Looks into clips: hash, duration and frames. Left out: only whether they are there. */
  probe?(path: string): Promise<Clip>;
}

/** More are counted, but not told. */
const mostProblems = 10_000;
const mostOthers = 100;

/**
 * Checks the manifest of a dataset, all its documents, and that their clips are there.
 *
 * @throws VideoChatError AnnotationsInvalid if there is no such folder; RequestCancelled
 */
export async function validateDataset(path: string, options: ValidationOptions): Promise<Result> {
  const { manifest, text, problems } = await manifestOnDisk(path);
  const dataset = new DatasetFolder(path, manifest);
  const breath = new Breath(options.token);
  const result: Result = { files: 0, errors: 0, warnings: 0, found: [], truncated: false };
  let told = 0;
  const tell = (file: string, of: string, found: readonly FoundProblem[]): void => {
    result.files++;
    result.errors += found.filter(({ severity }) => severity === 'error').length;
    result.warnings += found.filter(({ severity }) => severity === 'warning').length;
    const room = found.slice(0, mostProblems - told);
    told += room.length;
    result.truncated ||= room.length < found.length;
    if (room.length > 0) {
      result.found.push({ path: file, problems: placed(of, room, options.translate) });
    }
  };
  if (text !== undefined) {
    tell(join(path, datasetFileName), text, problems);
  }
  const documents: string[] = [];
  const others: string[] = [];
  for await (const document of walkDocuments(dataset, (folder) => others.push(folder))) {
    await breath.take();
    documents.push(document.path);
  }
  if (others.length > 0) {
    result.others = others.slice(0, mostOthers);
  }
  let done = 0;
  for (const document of documents) {
    await breath.take();
    const { of, found } = await check(document, dataset, options);
    tell(document, of, found);
    options.progress({ done: ++done, total: documents.length });
  }
  return result;
}

async function check(path: string, dataset: DatasetFolder, { probe }: ValidationOptions): Promise<{ of: string; found: FoundProblem[] }> {
  let of: string;
  try {
    const { size } = await stat(path);
    if (size > 3 * longestDocument) {
      throw new Error(`${size} B`);
    }
    of = await readFile(path, 'utf8');
  } catch (error) {
    const message = phrase`${path} cannot be read: ${(error as Error).message}`;
    return { of: '', found: [{ code: 'notJson', severity: 'error', message, offset: 0, length: 0 }] };
  }
  const { document, places, problems } = readAnnotations(of);
  if (!document) {
    return { of, found: problems };
  }
  const video = clipPathOf(dataset, path, document.media.path);
  const clip = video === undefined ? 'missing' : probe ? await lookInto(video, probe) : undefined;
  if (clip instanceof VideoChatError) {
    const message = phrase`The clip "${document.media.path}" cannot be read: ${clip.phrases.message}`;
    const found = validateAnnotations(document, places, { dataset: dataset.manifest });
    return { of, found: [{ code: 'mediaMissing', severity: 'error', message, ...places.of(['media', 'path']) }, ...found] };
  }
  return { of, found: validateAnnotations(document, places, { dataset: dataset.manifest, ...(clip ? { clip } : {}) }) };
}

/** A clip that cannot be read is a problem of its document; a machine without ffmpeg is not. */
async function lookInto(video: string, probe: (path: string) => Promise<Clip>): Promise<Clip | VideoChatError> {
  try {
    return await probe(video);
  } catch (error) {
    const isOfClip = error instanceof VideoChatError && ofClips.has(error.code);
    if (!isOfClip) {
      throw error;
    }
    return error;
  }
}

const ofClips: ReadonlySet<number> = new Set([
  ErrorCode.VideoNotFound,
  ErrorCode.VideoUnreadable,
  ErrorCode.VideoNoFrames,
  ErrorCode.VideoTruncated,
  ErrorCode.VideoTooLarge,
]);

function placed(text: string, found: readonly FoundProblem[], translate: Translate): ValidatedFile['problems'] {
  const lines = new TextLines(text);
  return found.map((problem) => {
    const { line, character } = lines.place(problem.offset);
    return { ...problem, message: translate(problem.message), line: line + 1, column: character + 1 };
  });
}
