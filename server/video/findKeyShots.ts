import type { CancellationToken } from '../common/cancellation.js';
import { everyFrame } from './decodeStretches.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { FrameChanges, shotFrameSize } from './frameChanges.js';
import { pinnedInput, type ProbedVideo } from './probeVideo.js';
import { runTool } from './runTool.js';

/** Clips with more frames are looked through by their key frames, where they have enough of them. */
const mostFramesInFull = 90_000;
/** How far key frames are apart on average: with more too much is missed, with less little is saved. */
const usefulGap = { mostSeconds: 15, leastFrames: 4 };
/** Two key frames of one shot differ less: mean difference of 8-bit values. */
const leastChange = 18;

/** Whether reading every frame of a clip takes long and reading its key frames tells enough. */
export function hasUsefulKeyFrames({ facts: { frameCount, durationSeconds }, index }: ProbedVideo): boolean {
  const keys = index.keyTicks.length;
  return frameCount > mostFramesInFull && index.seekable && durationSeconds / keys <= usefulGap.mostSeconds && frameCount / keys >= usefulGap.leastFrames;
}

/**
 * Where new shots begin, about, from key frames alone: each that differs much from the one before begins a shot. Encoders
 * put a key frame where the picture changes, so most of these times are exact; others are late, by less than the distance
 * of two key frames. A small part of the frames is decoded.
 *
 * @returns seconds from the first frame, ascending; undefined where the decoder gives other frames than the file's index says
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled
 */
export async function findKeyShots(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<number[] | undefined> {
  const { facts, demuxer, streamIndex, index, timeBase } = video;
  const { width, height } = shotFrameSize;
  const changes = new FrameChanges();
  const keys = index.keyTicks.length;
  await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', '-noautorotate', '-skip_frame', 'nokey'],
      ...[...pinnedInput(facts.path, demuxer), '-map', `0:${streamIndex}`, ...everyFrame(tools.version)],
      ...['-vf', `scale=${width}:${height}:flags=area,format=rgb24`, '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
    ],
    token,
    lowPriority: true,
    timeoutSeconds: 300 + keys * (0.05 + facts.width * facts.height * 1e-7) + facts.bytes * 1e-7,
    idleSeconds: 300,
    maxOutputBytes: (keys + 1000) * changes.frameBytes,
    onOutput: (chunk) => changes.add(chunk),
  });
  if (changes.values.length + 1 !== keys) {
    return undefined;
  }
  const first = index.ticks[0] ?? 0;
  const secondsOf = (key: number): number => (((index.keyTicks[key] ?? 0) - first) * timeBase.numerator) / timeBase.denominator;
  return changes.values.flatMap((change, i) => (change >= leastChange ? [secondsOf(i + 1)] : []));
}
