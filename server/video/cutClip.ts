import { stat } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import type { Segment } from '../protocol/index.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from './probeVideo.js';
import { runTool } from './runTool.js';

/** How large a piece of a clip may be. */
export interface CutLimits {
  bytes: number;
  /** Most frames of a second; what has fewer keeps them. */
  fps: number;
  /** Longest side in pixels; what is smaller stays. */
  side: number;
}

/** Of what the limit on bytes allows, what the picture is asked to take: encoders do not hit it exactly. */
const share = 0.8;

/** Options that write a stretch of a clip as a small mp4 without sound, whose time 0 is the stretch's beginning. */
export function cutArguments(video: ProbedVideo, { startSeconds, endSeconds }: Segment, { fps, side }: CutLimits, output: string, bitsPerSecond?: number): string[] {
  const { facts, index, timeBase } = video;
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  const factor = Math.min(1, side / Math.max(facts.width, facts.height));
  const even = (size: number): number => Math.max(2, 2 * Math.round((size * factor) / 2));
  const rate = facts.fps > fps ? [`fps=${fps}`] : [];
  const rateLimit = bitsPerSecond === undefined ? ['-crf', '28'] : ['-b:v', String(bitsPerSecond), '-maxrate', String(bitsPerSecond), '-bufsize', String(2 * bitsPerSecond)];
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
    ...['-ss', (firstSeconds + startSeconds).toFixed(6), '-t', (endSeconds - startSeconds).toFixed(6), ...pinnedInput(facts.path, video.demuxer)],
    ...['-map', `0:${video.streamIndex}`, '-an', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-vf', [...rate, `scale=${even(facts.width)}:${even(facts.height)}:flags=bicubic`, 'format=yuv420p'].join(',')],
    ...['-c:v', 'libx264', '-preset', 'veryfast', ...rateLimit, '-movflags', '+faststart', '-f', 'mp4', '-y', `file:${output}`],
  ];
}

/**
 * Writes a stretch of a clip as a small mp4 without sound; where it gets too large, once more with fewer bits.
 *
 * @returns false where it does not get small enough, or this ffmpeg cannot write it; then what lies there is the caller's to remove
 * @throws FfmpegFailed (a limit of time), FfmpegMissing, RequestCancelled
 */
export async function cutClip(video: ProbedVideo, span: Segment, limits: CutLimits, tools: FfmpegTools, { output, token }: { output: string; token?: CancellationToken }): Promise<boolean> {
  const seconds = Math.max(0.1, span.endSeconds - span.startSeconds);
  for (const bitsPerSecond of [undefined, Math.floor((limits.bytes * 8 * share) / seconds)]) {
    const { exitCode } = await runTool({
      command: tools.ffmpeg,
      args: cutArguments(video, span, limits, output, bitsPerSecond),
      ...(token ? { token } : {}),
      timeoutSeconds: 120 + 4 * seconds,
      maxOutputBytes: 1 << 20,
    });
    if (exitCode !== 0) {
      return false;
    }
    const { size } = await stat(output);
    if (size > 0 && size <= limits.bytes) {
      return true;
    }
  }
  return false;
}
