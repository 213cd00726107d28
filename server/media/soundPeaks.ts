import type { CancellationToken } from '../common/cancellation.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from '../video/probeVideo.js';
import { runTool } from '../video/runTool.js';

/** Least and greatest sample, −128…127, of each hundredth of a second from the first frame on: `[least, greatest, …]`. */
export type SoundPeaks = Int8Array; // [T,2]

const sampleRate = 8000;
const samplesPerPeak = 80;
export const peaksPerSecond = sampleRate / samplesPerPeak;

/**
 * The loudness of a clip's first sound stream, in step with its picture. Decodes the sound once, not the picture.
 *
 * @returns empty without sound
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled
 */
export async function readSoundPeaks(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<SoundPeaks> {
  const { facts, timeBase, index, demuxer } = video;
  if (facts.kind === 'image' || !facts.streams.some(({ kind }) => kind === 'audio')) {
    return new Int8Array(0);
  }
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  const peaks = new Int8Array(2 * Math.ceil(facts.durationSeconds * peaksPerSecond));
  let at = 0;
  await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', '-vn', '-sn', '-dn'],
      ...['-itsoffset', (-firstSeconds).toFixed(6), ...pinnedInput(facts.path, demuxer), '-map', '0:a:0', '-ac', '1'],
      // The sound begins with the picture: what comes before is cut, what is missing is silence.
      ...['-af', `aresample=${sampleRate}:async=1:first_pts=0`, '-c:a', 'pcm_s8', '-f', 's8', 'pipe:1'],
    ],
    token,
    lowPriority: true,
    timeoutSeconds: 120 + facts.durationSeconds,
    idleSeconds: 60,
    maxOutputBytes: sampleRate * (facts.durationSeconds * 2 + 3600),
    onOutput: (chunk) => {
      for (const byte of chunk) {
        const place = 2 * Math.floor(at++ / samplesPerPeak);
        const sample = (byte << 24) >> 24;
        // Sound may go on behind the picture.
        if (place < peaks.length) {
          peaks[place] = Math.min(peaks[place] ?? 0, sample);
          peaks[place + 1] = Math.max(peaks[place + 1] ?? 0, sample);
        }
      }
    },
  });
  return peaks;
}

/** Peaks of equal parts of a stretch of the clip: `[least, greatest, …]`, silence where the clip has none. */
export function peaksOfRange(peaks: SoundPeaks, startSeconds: number, endSeconds: number, buckets: number): SoundPeaks {
  const result = new Int8Array(2 * buckets);
  const perBucket = ((endSeconds - startSeconds) * peaksPerSecond) / buckets;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor(startSeconds * peaksPerSecond + bucket * perBucket);
    const to = Math.max(from + 1, Math.ceil(startSeconds * peaksPerSecond + (bucket + 1) * perBucket));
    for (let i = Math.max(0, from); i < Math.min(to, peaks.length / 2); i++) {
      result[2 * bucket] = Math.min(result[2 * bucket] ?? 0, peaks[2 * i] ?? 0);
      result[2 * bucket + 1] = Math.max(result[2 * bucket + 1] ?? 0, peaks[2 * i + 1] ?? 0);
    }
  }
  return result;
}
