import { endianness } from 'node:os';
import type { CancellationToken } from '../common/cancellation.js';
import type { Lane } from '../common/fairQueue.js';
import type { LibraryVideo } from '../engine/videoLibrary.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import { frameSeconds, type ProbedVideo } from '../video/probeVideo.js';
import type { ClipDataStore } from './clipDataStore.js';
import type { Made } from './sendMade.js';
import { peaksOfRange } from './soundPeaks.js';

/** Paths below a medium's URL that answer with data about the whole clip; see `MediaSource.url`. */
export const clipDataKinds = ['times', 'waveform', 'shots'] as const;
export type ClipDataKind = (typeof clipDataKinds)[number];

const mostBuckets = 8192;

/**
 * @returns undefined where the clip has none: no sound
 * @throws VideoChatError InvalidParams for a query that is none, and what the store throws
 */
export async function clipData(
  kind: ClipDataKind,
  query: URLSearchParams,
  video: LibraryVideo,
  store: ClipDataStore,
  lane: Lane,
  token: CancellationToken,
): Promise<Made | undefined> {
  switch (kind) {
    case 'times':
      return { contentType: 'application/octet-stream', body: frameTimesOf(video.opened) };
    case 'shots':
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify({ seconds: await store.shots(video, lane, token) })) };
    case 'waveform': {
      const { start, end, buckets } = parseWaveformQuery(query, video.opened.facts.durationSeconds);
      const peaks = await store.peaks(video, lane, token);
      const part = peaksOfRange(peaks, start, end, buckets);
      return peaks.length === 0 ? undefined : { contentType: 'application/octet-stream', body: Buffer.from(part.buffer) };
    }
  }
}

/** Presentation times of all frames, seconds from the first one, float64 little-endian. */
function frameTimesOf(video: ProbedVideo): Buffer {
  const times = Float64Array.from({ length: video.facts.frameCount }, (_, frame) => frameSeconds(video, frame));
  const bytes = Buffer.from(times.buffer);
  return endianness() === 'LE' ? bytes : bytes.swap64();
}

function parseWaveformQuery(query: URLSearchParams, durationSeconds: number): { start: number; end: number; buckets: number } {
  const read = (name: string, usual: number): number => {
    const text = query.get(name) ?? String(usual);
    return /^\d{1,9}(\.\d{1,20})?$/.test(text) ? Number(text) : NaN;
  };
  const asked = { start: read('start', 0), end: read('end', durationSeconds), buckets: read('buckets', 1000) };
  const sound = asked.end > asked.start && Number.isInteger(asked.buckets) && asked.buckets >= 1 && asked.buckets <= mostBuckets;
  if (!sound) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'Ask with start=S, end=S and buckets=N up to 8192.');
  }
  return asked;
}
