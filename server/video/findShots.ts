import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { everyFrame } from './decodeStretches.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { FrameChanges, shotFrameSize } from './frameChanges.js';
import { GradualShots } from './gradualShots.js';
import { frameSeconds, pinnedInput, type ProbedVideo } from './probeVideo.js';
import { runTool } from './runTool.js';

/** Frames before and behind that a frame's change is compared with. */
const neighbours = 2;
/** A cut changes at least so many times as much as its neighbourhood does … */
const leastRatio = 3;
/** … and by so much in itself: mean difference of 8-bit values. */
const leastChange = 15;

/**
 * Where new shots begin, in seconds from the first frame, ascending, without 0: hard cuts, and the middle of dissolves
 * and fades. Every frame is decoded, at a size of 32 × 18, with low priority; memory does not grow with the clip's length
 * but for a number a frame.
 *
 * A frame begins a shot when it differs from the one before it far more than the frames around it do from theirs (the
 * rolling average of PySceneDetect's AdaptiveDetector, on RGB).
 *
 * @throws VideoTruncated where nothing can be decoded, FfmpegFailed, FfmpegMissing, RequestCancelled
 */
export async function findShots(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<number[]> {
  const { facts, demuxer, streamIndex } = video;
  const { width, height } = shotFrameSize;
  const gradual = new GradualShots(facts.fps);
  const changes = new FrameChanges((frame) => gradual.add(frame));
  await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', '-noautorotate'],
      ...[...pinnedInput(facts.path, demuxer), '-map', `0:${streamIndex}`, ...everyFrame(tools.version)],
      ...['-vf', `scale=${width}:${height}:flags=area,format=rgb24`, '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
    ],
    token,
    lowPriority: true,
    timeoutSeconds: 300 + facts.frameCount * (0.05 + facts.width * facts.height * 1e-7),
    idleSeconds: 120,
    // Damaged files give a few frames more than they have.
    maxOutputBytes: (facts.frameCount + 1000) * changes.frameBytes,
    onOutput: (chunk) => changes.add(chunk),
  });
  if (changes.values.length === 0 && facts.frameCount > 1) {
    throw new VideoChatError(ErrorCode.VideoTruncated, phrase`No frame of ${facts.path} can be decoded.`, {
      hint: 'The file is damaged or cut off. Copy or download it again.',
      subject: facts.path,
    });
  }
  const cuts = cutsOf(changes.values);
  // A clip that fades in and out does not begin or end with a shot of nothing.
  const isInside = (shot: number): boolean => shot > facts.fps && shot < facts.frameCount - facts.fps;
  const isApart = (shot: number): boolean => cuts.every((cut) => Math.abs(cut - shot) > facts.fps / 2);
  const all = [...cuts, ...gradual.shots.filter((shot) => isInside(shot) && isApart(shot))].sort((a, b) => a - b);
  return all.map((frame) => frameSeconds(video, Math.min(frame, facts.frameCount - 1)));
}

/**
 * Numbers of the frames that begin a shot.
 *
 * @param changes mean difference of 8-bit values of frame i+1 from frame i
 */
export function cutsOf(changes: readonly number[]): number[] {
  return changes.flatMap((change, i) => {
    const around = [...changes.slice(Math.max(0, i - neighbours), i), ...changes.slice(i + 1, i + 1 + neighbours)];
    const usual = around.reduce((sum, each) => sum + each, 0) / Math.max(1, around.length);
    return change >= leastChange && change >= leastRatio * usual ? [i + 1] : [];
  });
}
