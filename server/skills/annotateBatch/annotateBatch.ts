import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { cancellationSource, type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import { linkTokens } from '../../common/linkTokens.js';
import { reasonOf } from '../../common/phraseError.js';
import { removeStale } from '../../dataset/temporaryFiles.js';
import {
  type AnnotateBatchParams,
  type AnnotateBatchProgress,
  type AnnotateBatchResult,
  asksModel,
  type AnnotationDocument,
  type AnnotationList,
  ErrorCode,
  hopelessCodes,
  phrase,
  VideoChatError,
} from '../../protocol/index.js';
import { suggest, type SuggestHost } from '../suggest/suggest.js';
import { type BatchClip, batchClips, openFolder } from './batchClips.js';
import { checkPlace } from './checkPlace.js';
import { readDocument, writeSuggestions } from './clipDocument.js';
import { Journal, type RunIdentity } from './journal.js';

/** One clip is encoded while another is spoken about: more at once only wait. */
const usualConcurrency = 2;
/** A clip during which the server has died so often is passed over once. */
const mostDeaths = 2;
/** Of clips that failed, so many are told. */
const mostTold = 1000;

/** What no clip is to blame for: the others would fail the same way. */
const hopeless: ReadonlySet<number> = new Set([...hopelessCodes, ErrorCode.RequestCancelled, ErrorCode.InvalidParams, ErrorCode.DiskFull]);

interface BatchContext {
  token: CancellationToken;
  progress(value: AnnotateBatchProgress): void;
}

/**
 * Suggestions for every clip of a dataset, each written into its document at once. A clip that fails is told and the
 * rest goes on. The journal has what is done; items carry the run in their ids, so that a clip that was written, but
 * not noted any more, is known too.
 *
 * @throws VideoChatError RequestCancelled; JournalMismatch; AnnotationsInvalid of the dataset's manifest;
 * AnnotationsNotWritten of the journal; DiskFull; what would fail with every clip
 */
export async function annotateBatch(host: SuggestHost, params: AnnotateBatchParams, context: BatchContext): Promise<AnnotateBatchResult> {
  const { token } = context;
  const { path, task, modelId, split, sampling, resume = false } = params;
  const dataset = await openFolder(path);
  const { labels, tracks } = dataset.manifest;
  const track = tracks?.[0]?.id;
  const asks = asksModel(task);
  if (asks && modelId === undefined) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'No model was named to be asked.', { hint: 'Name one in modelId.' });
  }
  const slot = asks && modelId !== undefined ? await host.engine.models.get(modelId) : undefined;
  const concurrency = params.concurrency ?? slot?.manifest.backend?.concurrency ?? usualConcurrency;
  const names = task === 'labels' ? labels?.map(({ name }) => name) : undefined;
  const identity: RunIdentity = {
    task,
    ...(asks ? { modelId, sampling, manifest: slot?.manifestHash } : {}),
    split,
    labels: names,
    track,
  };
  const clips = await batchClips(dataset, split, token);
  const journal = await Journal.open(path, host.engine.settings.cacheFolder, identity, resume);
  try {
    const waiting = clips.filter(({ name }) => !journal.done.has(name));
    const result: AnnotateBatchResult = { clips: clips.length, done: 0, skipped: clips.length - waiting.length, failed: [], journal: journal.path };
    const batch = { host, context, journal, result, request: { task, modelId, sampling, labels: names, track }, failures: 0, swept: new Set<string>() };
    const deathsOf = ({ name }: BatchClip): number => journal.deaths.get(name) ?? 0;
    await inParallel(waiting.filter((clip) => deathsOf(clip) === 0), concurrency, token, (clip, stop) => annotateClip(batch, clip, stop));
    // What may end the server comes last and alone: then the others are done, and it is known which clip it was.
    await inParallel(waiting.filter((clip) => deathsOf(clip) > 0), 1, token, (clip, stop) =>
      deathsOf(clip) < mostDeaths ? annotateClip(batch, clip, stop) : noteFailure(batch, clip, deadly()),
    );
    return result;
  } finally {
    await journal.close();
  }
}

interface Batch {
  host: SuggestHost;
  context: BatchContext;
  journal: Journal;
  result: AnnotateBatchResult;
  request: { task: AnnotateBatchParams['task'] } & Pick<AnnotateBatchParams, 'modelId' | 'sampling'> & { labels?: string[]; track?: string };
  failures: number;
  /** Folders in which nothing of a killed run lies any more. */
  swept: Set<string>;
}

async function annotateClip(batch: Batch, clip: BatchClip, stop: CancellationToken): Promise<void> {
  const { context, host, journal, result } = batch;
  const { videoPath } = clip;
  try {
    await journal.mark(clip.name, 'begun');
    const items = await suggestAndWrite(batch, clip, stop);
    await journal.note({ clip: clip.name, items });
    result.done++;
    context.progress({ kind: 'clip', videoPath, done: finished(batch), total: result.clips, items });
  } catch (error) {
    const code = error instanceof VideoChatError ? error.code : ErrorCode.InternalError;
    const isJournal = error instanceof VideoChatError && error.data.subject === journal.path;
    if (hopeless.has(code) || isJournal || stop.isCancellationRequested) {
      await journal.mark(clip.name, 'stopped').catch(() => undefined);
      throw error;
    }
    if (!(error instanceof VideoChatError)) {
      host.engine.logger.log('error', `annotate/batch: ${clip.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    await noteFailure(batch, clip, error);
  }
}

/** Tells of a clip that failed. */
async function noteFailure(batch: Batch, { name, videoPath }: BatchClip, error: unknown): Promise<void> {
  const { context, host, journal, result } = batch;
  const code = error instanceof VideoChatError ? error.code : ErrorCode.InternalError;
  const reason = reasonOf(error);
  const message = host.translate(reason);
  await journal.note({ clip: name, error: { code, message: String(reason) } });
  batch.failures++;
  if (result.failed.length < mostTold) {
    result.failed.push({ videoPath, code, message });
  }
  context.progress({ kind: 'clip', videoPath, done: finished(batch), total: result.clips, items: 0, problem: message });
}

function deadly(): VideoChatError {
  return new VideoChatError(ErrorCode.InternalError, phrase`The server has ended ${mostDeaths} times while it looked at this clip.`);
}

function finished({ result, failures }: Batch): number {
  return result.skipped + result.done + failures;
}

/** @returns how many suggestions the clip's document has now from this run */
async function suggestAndWrite(batch: Batch, clip: BatchClip, token: CancellationToken): Promise<number> {
  const { host, context, journal, request, result } = batch;
  const { videoPath, documentPath, mediaPath } = clip;
  await checkPlace(documentPath, clip.bases);
  await sweep(batch.swept, dirname(documentPath));
  const found = await readDocument(documentPath);
  const mark = createHash('sha256').update(`${journal.run}\n${clip.name}`).digest('hex').slice(0, 12);
  const written = found ? itemsMarked(found.document, mark) : 0;
  if (written > 0) {
    return written;
  }
  let count = 0;
  const { edits, media } = await suggest(
    host,
    { videoPath, ...request, ...(found ? { document: found.text } : {}) },
    {
      token,
      newId: (list) => `${prefixes[list]}-${mark}-${++count}`,
      progress: (value) => {
        if (value.kind === 'step') {
          context.progress({ kind: 'step', videoPath, done: finished(batch), total: result.clips, what: value.what });
        }
      },
    },
  );
  throwIfCancelled(token);
  return edits.length === 0 ? 0 : writeSuggestions(documentPath, { path: mediaPath, ...media }, edits);
}

async function sweep(swept: Set<string>, folder: string): Promise<void> {
  if (!swept.has(folder)) {
    swept.add(folder);
    await removeStale(folder);
  }
}

const prefixes: Record<AnnotationList, string> = { segments: 's', questions: 'q', conversations: 'c' };

function itemsMarked({ segments, questions, conversations }: AnnotationDocument, mark: string): number {
  return [...segments, ...questions, ...conversations].filter(({ id }) => id.includes(`-${mark}-`)).length;
}

/** Works on a few items at a time. The first failure stops the others, and is thrown when they have stopped. */
async function inParallel<T>(items: readonly T[], width: number, token: CancellationToken, work: (item: T, stop: CancellationToken) => Promise<void>): Promise<void> {
  const stopping = cancellationSource();
  const linked = linkTokens(token, stopping.token);
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (linked.token.isCancellationRequested) {
        return;
      }
      try {
        await work(item, linked.token);
      } catch (error) {
        failures.push(error);
        stopping.cancel();
        return;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  } finally {
    linked.dispose();
  }
  throwIfCancelled(token);
  if (failures.length > 0) {
    throw failures[0];
  }
}
