import type { CancellationToken } from '../../server/common/cancellation.js';
import { ErrorCode, hopelessCodes, type Summary, type SummaryProgress, VideoChatError } from '../../server/protocol/index.js';
import type { SummaryEntry } from './documentText.js';
import type { ClipJob } from './summarizeClip.js';

/** A clip of a folder. */
export interface Clip {
  path: string;
  /** As it stands in the document: the path within the folder, with `/`. */
  name: string;
}

export interface ManyJob {
  clips: readonly Clip[];
  /** Clips that earlier runs have dealt with: names by content hash. */
  done: ReadonlyMap<string, string>;
  token: CancellationToken;
  summarize(job: ClipJob): Promise<Summary | undefined>;
  /** Takes an entry into the document. */
  write(entry: SummaryEntry): Promise<void>;
  /** A clip is in the document already; a line about its failure is out of date. */
  skip(clip: Clip): Promise<void>;
  /** The document says already that the clip is a copy of another. */
  hasCopy(clip: Clip): boolean;
  /** A clip begins, or gets on. */
  report(clip: Clip, index: number, progress?: SummaryProgress): void;
}

/** How it went. */
export interface ManyResult {
  written: number;
  failed: number;
  /** Were in the document already. */
  skipped: number;
  /** Have the same content as another one, and a line that says so. */
  copies: number;
  cancelled: boolean;
}

/** What a clip is not to blame for: every other one would fail the same way. */
const hopeless: ReadonlySet<number> = new Set([...hopelessCodes, ErrorCode.ProtocolVersionMismatch, ErrorCode.NotTrusted, ErrorCode.ShuttingDown]);

/**
 * Summarises clips one after the other. Of clips with the same content one is summarised, and the others get a line
 * that says so: no file of the folder is missing, and nothing is looked at twice. A clip that fails gets a line and the rest goes on, also after one that
 * crashed the server, as long as the server comes back.
 *
 * @param isGivenUp whether the server will not come back
 * @throws VideoChatError for what would fail with every clip
 */
export async function summarizeMany(job: ManyJob, isGivenUp: () => boolean): Promise<ManyResult> {
  const result: ManyResult = { written: 0, failed: 0, skipped: 0, copies: 0, cancelled: false };
  const known = new Map(job.done);
  const names = new Set(job.clips.map(({ name }) => name));
  for (const [index, clip] of job.clips.entries()) {
    if (job.token.isCancellationRequested) {
      return { ...result, cancelled: true };
    }
    job.report(clip, index);
    try {
      const { summary, original } = await summarizeOne(job, clip, index, known);
      if (summary) {
        known.set(summary.facts.contentHash, clip.name);
        await job.write({ kind: 'summary', name: clip.name, summary });
        result.written++;
      } else if (original !== undefined && original !== clip.name && names.has(original)) {
        result.copies++;
        if (!job.hasCopy(clip)) {
          await job.write({ kind: 'copy', name: clip.name, of: original });
        }
      } else {
        // Also a clip that was given another name since.
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

/** @returns a summary, or the name of the clip of the same content that has one */
async function summarizeOne(job: ManyJob, clip: Clip, index: number, known: ReadonlyMap<string, string>): Promise<{ summary?: Summary; original?: string }> {
  let original: string | undefined;
  const summary = await job.summarize({
    path: clip.path,
    token: job.token,
    onProgress: (progress) => job.report(clip, index, progress),
    wanted: ({ contentHash }) => {
      original = known.get(contentHash);
      return original === undefined;
    },
  });
  return summary ? { summary } : { original };
}
