import type { CancellationToken } from '../common/cancellation.js';
import type { Segment } from '../protocol/index.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from './probeVideo.js';
import { runTool } from './runTool.js';

/** Pieces of sound, spread over a part of a clip from its beginning to its end. */
export interface SoundClipsSpec {
  /** Samples in a second. */
  sampleRate: number;
  clips: number;
  /** Length of each; pieces overlap where the part is short, and silence follows where it is shorter than one. */
  seconds: number;
}

export function hasSound({ facts }: ProbedVideo): boolean {
  return facts.kind === 'video' && facts.streams.some(({ kind }) => kind === 'audio');
}

/** Where the pieces begin, in seconds: the last one ends where the part does. */
export function soundClipStarts({ startSeconds, endSeconds }: Segment, { clips, seconds }: SoundClipsSpec): number[] {
  const room = Math.max(0, endSeconds - startSeconds - seconds);
  return Array.from({ length: clips }, (_, i) => startSeconds + (i * room) / Math.max(1, clips - 1));
}

/**
 * The first channel of a clip's first sound stream, in step with its picture.
 *
 * @returns [clips, sampleRate · seconds] in −1…1
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled
 */
export async function readSoundClips(
  video: ProbedVideo,
  span: Segment,
  spec: SoundClipsSpec,
  tools: FfmpegTools,
  token?: CancellationToken,
): Promise<Float32Array> {
  const { facts, timeBase, index, demuxer } = video;
  const { sampleRate, clips, seconds } = spec;
  const length = Math.trunc(sampleRate * seconds);
  const samples = new Float32Array(clips * length); // [clips, length]
  const starts = soundClipStarts(span, spec).map((start) => Math.trunc(start * sampleRate));
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  let rest: Uint8Array = new Uint8Array(0);
  let at = 0;
  await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', '-vn', '-sn', '-dn'],
      ...['-itsoffset', (-firstSeconds).toFixed(6), ...pinnedInput(facts.path, demuxer), '-map', '0:a:0', '-t', span.endSeconds.toFixed(3)],
      // The sound begins with the picture: what comes before is cut, what is missing is silence.
      ...['-af', `pan=mono|c0=c0,aresample=${sampleRate}:async=1:first_pts=0`, '-c:a', 'pcm_f32le', '-f', 'f32le', 'pipe:1'],
    ],
    token,
    timeoutSeconds: 120 + facts.durationSeconds,
    idleSeconds: 60,
    maxOutputBytes: 4 * sampleRate * (facts.durationSeconds * 2 + 3600),
    onOutput: (chunk) => {
      const bytes = Buffer.concat([rest, chunk]);
      const count = Math.floor(bytes.length / 4);
      rest = bytes.subarray(count * 4);
      starts.forEach((start, clip) => {
        for (let i = Math.max(start, at); i < Math.min(start + length, at + count); i++) {
          samples[clip * length + i - start] = bytes.readFloatLE((i - at) * 4);
        }
      });
      at += count;
    },
  });
  return samples;
}
