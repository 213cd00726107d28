import type { CancellationToken } from '../../server/common/cancellation.js';
import { type ChatProgress, ErrorCode, type Summary, VideoChatError } from '../../server/protocol/index.js';
import type { SummaryEntry } from './summaryDocument.js';
import type { ClipJob } from './summarizeClip.js';

/** A clip of a folder. */
export interface Clip {
  path: string;
  /** As it stands in the document: the path within the folder, with `/`. */
  name: string;
}

export interface ManyJob {
  clips: readonly Clip[];
  /** Content hashes that earlier runs have dealt with. Copies of a clip within one run get a section each. */
  done: ReadonlySet<string>;
  token: CancellationToken;
  summarize(job: ClipJob): Promise<Summary | undefined>;
  /** Takes an entry into the document. */
  write(entry: SummaryEntry): Promise<void>;
  /** A clip is in the document already; a line about its failure is out of date. */
  skip(clip: Clip): Promise<void>;
  /** A clip begins, or gets on. */
  report(clip: Clip, index: number, progress?: ChatProgress): void;
}

/** How it went. */
export interface ManyResult {
  written: number;
  failed: number;
  /** Were in the document already. */
  skipped: number;
  cancelled: boolean;
}

/** What a clip is not to blame for: every other one would fail the same way. */
const hopeless: ReadonlySet<number> = new Set([
  ErrorCode.FfmpegMissing,
  ErrorCode.ModelUnknown,
  ErrorCode.ManifestInvalid,
  ErrorCode.ModelFileMissing,
  ErrorCode.ModelHashMismatch,
  ErrorCode.ModelCorrupt,
  ErrorCode.ModelLoadFailed,
  ErrorCode.RuntimeMismatch,
  ErrorCode.ProviderUnavailable,
  ErrorCode.ProtocolVersionMismatch,
  ErrorCode.NotTrusted,
  ErrorCode.ShuttingDown,
]);

/**
 * Summarises clips one after the other. A clip that fails gets a line and the rest goes on, also after one that
 * crashed the server, as long as the server comes back.
 *
 * @param isGivenUp whether the server will not come back
 * @throws VideoChatError for what would fail with every clip
 */
export async function summarizeMany(job: ManyJob, isGivenUp: () => boolean): Promise<ManyResult> {
  const result: ManyResult = { written: 0, failed: 0, skipped: 0, cancelled: false };
  for (const [index, clip] of job.clips.entries()) {
    if (job.token.isCancellationRequested) {
      return { ...result, cancelled: true };
    }
    job.report(clip, index);
    try {
      const summary = await summarizeOne(job, clip, index);
      if (summary) {
        await job.write({ kind: 'summary', name: clip.name, summary });
        result.written++;
      } else {
        await job.skip(clip);
        result.skipped++;
      }
    } catch (error) {
      if (job.token.isCancellationRequested) {
        return { ...result, cancelled: true };
      }
      if (!(error instanceof VideoChatError) || hopeless.has(error.code) || isGivenUp()) {
        throw error;
      }
      const message = error.data.hint ? `${error.message} ${error.data.hint}` : error.message;
      await job.write({ kind: 'failure', name: clip.name, message });
      result.failed++;
    }
  }
  return result;
}

function summarizeOne(job: ManyJob, clip: Clip, index: number): Promise<Summary | undefined> {
  return job.summarize({
    path: clip.path,
    token: job.token,
    onProgress: (progress) => job.report(clip, index, progress),
    wanted: ({ contentHash }) => !job.done.has(contentHash),
  });
}
