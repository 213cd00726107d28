import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { ErrorCode, type FrameTimes, Limits, phrase, VideoChatError, type VideoFacts } from '../protocol/index.js';
import { type DisplayTransform, displayTransform } from './displayTransform.js';
import type { FfmpegTools } from './findFfmpeg.js';
import { hashFile } from './hashFile.js';
import { chooseVideoStream, type ProbedStream, readStreams, streamFacts } from './readStreams.js';
import { frameTiming, type PresentationIndex, parseRational, type Rational } from './presentationIndex.js';
import { type PacketScan, type ProbeInput, scanFrames, scanPackets } from './scanPackets.js';
import { type Container, sniffContainer } from './sniffContainer.js';

/** A file that was looked at: its facts, and what decoding needs to know. */
export interface ProbedVideo {
  facts: VideoFacts;
  /** ffmpeg's demuxer, pinned. */
  demuxer: string;
  streamIndex: number;
  transform: DisplayTransform;
  timeBase: Rational;
  /** Width of a pixel ÷ its height. Frames are given as stored, as OpenCV and decord do: it is not applied. */
  sampleAspectRatio: number;
  /** As ffmpeg names it, e.g. `yuv420p`. */
  pixelFormat: string;
  /** Frames the decoder holds back to put them in order: above 0 there are B-frames. */
  reorderedFrames: number;
  /** When the first sound stream begins, in seconds from the first frame; left out without one. */
  soundStartSeconds?: number;
  index: PresentationIndex;
}

/** Options that pin what ffmpeg may open. */
export function pinnedInput(path: string, demuxer: string): string[] {
  return ['-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i', `file:${path}`];
}

/** Presentation time of a frame, in seconds from the first one. */
export function frameSeconds(video: ProbedVideo, frame: number): number {
  const { ticks } = video.index;
  return (((ticks[frame] ?? 0) - (ticks[0] ?? 0)) * video.timeBase.numerator) / video.timeBase.denominator;
}

/** Presentation times of all frames, in seconds from the first one. */
export function frameTimes(video: ProbedVideo): FrameTimes {
  return Float64Array.from({ length: video.index.ticks.length }, (_, frame) => frameSeconds(video, frame));
}

/**
 * Reads a file's facts with ffprobe: streams, displayed size, and from the packets the number of frames and the
 * time of each. Nothing is decoded, except for the few kinds of file whose packets do not tell (see `scanPackets`).
 * The picture stream is the default one, else the largest; cover pictures of music do not count.
 *
 * @throws VideoNotFound, VideoUnreadable, VideoNoFrames, VideoTruncated, VideoTooLarge, FfmpegFailed, RequestCancelled
 */
export async function probeVideo(path: string, tools: FfmpegTools, token?: CancellationToken): Promise<ProbedVideo> {
  const { absolutePath, bytes } = await regularFile(path);
  const container = await sniffContainer(absolutePath).catch(fileError(path));
  if (!container) {
    throw new VideoChatError(
      ErrorCode.VideoUnreadable,
      bytes === 0 ? 'The file is empty.' : 'The file is not a video or a picture of a known kind.',
      { hint: 'Known are mp4, mov, mkv, webm, avi, mpeg, ts, flv, wmv, ogv, gif, png, jpeg, webp and bmp. Convert the file to one of them.', subject: path },
    );
  }
  // When one part fails, the others stop too.
  const parts = cancellationSource();
  const subscription = token?.onCancellationRequested(() => parts.cancel());
  if (token?.isCancellationRequested) parts.cancel();
  const input: ProbeInput = {
    ffprobe: tools.ffprobe,
    inputArgs: ['-hide_banner', '-loglevel', 'error', ...pinnedInput(absolutePath, container.demuxer)],
    bytes,
    token: parts.token,
  };
  const [contentHash, probed] = await Promise.all([
    hashFile(absolutePath, parts.token).catch(fileError(path)),
    probeStreams(input, container, path),
  ]).finally(() => {
    parts.cancel();
    subscription?.dispose();
  });
  const { streams, video, scan, formatName } = probed;
  const transform = displayTransform(video.matrix);
  const turned = transform.rotationDegrees % 180 !== 0;
  const { index } = scan;
  const isImage = container.kind === 'image' || (container.demuxer === 'gif' && index.ticks.length === 1);
  const timing = isImage
    ? { durationSeconds: 0, fps: 0, variableFrameRate: false }
    : frameTiming(index, video.timeBase, [video.averageRate, video.realRate]);
  const aspect = parseRational(video.sampleAspectRatio);
  return {
    facts: {
      path: absolutePath,
      contentHash,
      bytes,
      kind: isImage ? 'image' : 'video',
      container: formatName,
      codec: video.codec,
      width: turned ? video.height : video.width,
      height: turned ? video.width : video.height,
      rotationDegrees: transform.rotationDegrees,
      frameCount: index.ticks.length,
      ...timing,
      ...(isImage ? {} : { timeBase: `${video.timeBase.numerator}/${video.timeBase.denominator}` }),
      streams: streams.map(streamFacts),
    },
    demuxer: container.demuxer,
    streamIndex: video.index,
    transform,
    timeBase: video.timeBase,
    sampleAspectRatio: aspect ? aspect.numerator / aspect.denominator : 1,
    pixelFormat: video.pixelFormat ?? 'unknown',
    reorderedFrames: Number.isFinite(video.reorderedFrames) ? video.reorderedFrames : 0,
    ...soundStart(streams, ((index.ticks[0] ?? 0) * video.timeBase.numerator) / video.timeBase.denominator),
    index,
  };
}

function soundStart(streams: readonly ProbedStream[], firstFrameSeconds: number): Pick<ProbedVideo, 'soundStartSeconds'> {
  const sound = streams.find(({ kind }) => kind === 'audio');
  return sound ? { soundStartSeconds: (sound.startSeconds ?? firstFrameSeconds) - firstFrameSeconds } : {};
}

async function probeStreams(input: ProbeInput, container: Container, path: string) {
  const isImage = container.kind === 'image';
  // Two programs at once: starting one costs as much as its work on a short clip.
  const [read, scans] = await Promise.all([
    readStreams(input, isImage, path),
    isImage ? new Map<number, PacketScan>() : scanPackets(input),
  ]);
  const video = chooseVideoStream(read.streams);
  if (!video) {
    throw new VideoChatError(ErrorCode.VideoNoFrames, 'The file has no picture stream.', {
      hint: 'It may be a sound file. Choose one with a picture.',
      subject: path,
    });
  }
  checkSize(video, read.streams.length, path);
  const scan = isImage ? oneFrame() : await settleScan(input, container, video, scans.get(video.index));
  if (scan.truncated) {
    throw new VideoChatError(
      ErrorCode.VideoTruncated,
      video.declaredFrames
        ? phrase`The file is cut off: it ends after ${scan.index.ticks.length} frames of ${video.declaredFrames}.`
        : phrase`The file is cut off: it ends after ${scan.index.ticks.length} frames.`,
      { hint: 'Copy or download it again.', subject: path },
    );
  }
  if (scan.index.ticks.length === 0) {
    throw new VideoChatError(ErrorCode.VideoNoFrames, 'The clip has no frames.', {
      hint: 'The recording may have been stopped before it began. Choose another file.',
      subject: path,
    });
  }
  return { ...read, video, scan };
}

function oneFrame(): PacketScan {
  const zero = Float64Array.of(0);
  return { index: { ticks: zero, keyTicks: zero, lastTicks: 0, seekable: false }, doubtful: false, headPackets: 0, truncated: false };
}

/** Makes sure that frame i of the index is the i-th frame that the decoder gives. */
async function settleScan(
  input: ProbeInput,
  container: Container,
  video: ProbedStream,
  scan: PacketScan | undefined,
): Promise<PacketScan> {
  const none = { ...oneFrame(), index: { ...oneFrame().index, ticks: new Float64Array(0) } };
  if (!scan || scan.index.ticks.length === 0) return scan ?? none;
  // VP8 has packets that show nothing; AVI knows no presentation times, and packs two frames into one packet.
  const hidden = video.codec === 'vp8' || (container.demuxer === 'avi' && video.reorderedFrames > 0);
  if (scan.doubtful || hidden) {
    const decoded = await scanFrames(input, video.index);
    return { ...scan, index: { ...scan.index, ticks: repairedTimes(decoded, video), seekable: false } };
  }
  const index = { ...scan.index, seekable: scan.index.seekable && container.demuxer !== 'gif' };
  if (scan.headPackets > 0) {
    // Frames before the first key frame (a recording joined halfway): some decoders show them, some do not.
    const shown = new Set(await scanFrames(input, video.index, scan.headPackets + 64));
    const firstKey = index.keyTicks[0] ?? 0;
    index.ticks = index.ticks.filter((ticks) => ticks >= firstKey || shown.has(ticks));
  }
  return { ...scan, index };
}

/** Times in output order, gaps filled and never running backwards. */
function repairedTimes(decoded: readonly number[], video: ProbedStream): Float64Array {
  const rate = video.averageRate ?? video.realRate ?? { numerator: 25, denominator: 1 };
  const step = (rate.denominator / rate.numerator) * (video.timeBase.denominator / video.timeBase.numerator);
  const ticks = new Float64Array(decoded.length);
  for (let i = 0; i < ticks.length; i++) {
    const before = i > 0 ? (ticks[i - 1] ?? 0) : -step;
    const value = decoded[i] ?? NaN;
    ticks[i] = Number.isFinite(value) && (i === 0 || value > before) ? value : before + step;
  }
  return ticks;
}

function checkSize(video: ProbedStream, streamCount: number, path: string): void {
  const { width, height } = video;
  if (!(width > 0 && height > 0)) {
    throw new VideoChatError(ErrorCode.VideoUnreadable, 'The size of the picture cannot be read.', {
      hint: 'The file may be damaged, or an animated WebP, which ffmpeg cannot decode.',
      subject: path,
    });
  }
  if (width * height > Limits.framePixels || streamCount > 100) {
    throw new VideoChatError(
      ErrorCode.VideoTooLarge,
      streamCount > 100 ? phrase`The file has ${streamCount} streams.` : phrase`The picture has ${width}×${height} pixels.`,
      { hint: phrase`At most ${Limits.framePixels} pixels and 100 streams are read. Convert the file to a smaller one.`, subject: path },
    );
  }
}

async function regularFile(path: string): Promise<{ absolutePath: string; bytes: number }> {
  try {
    const absolutePath = await realpath(resolve(path));
    const facts = await stat(absolutePath);
    if (!facts.isFile()) {
      throw new VideoChatError(
        ErrorCode.VideoNotFound,
        facts.isDirectory() ? 'That is a folder, not a video.' : 'That is not a regular file.',
        { hint: 'Choose a video file.', subject: path },
      );
    }
    return { absolutePath, bytes: facts.size };
  } catch (error) {
    return fileError(path)(error);
  }
}

/** Turns an error of the file system into one for a person. */
function fileError(path: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (error instanceof VideoChatError || typeof code !== 'string') throw error;
    const missing = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'].includes(code);
    throw new VideoChatError(
      missing ? ErrorCode.VideoNotFound : ErrorCode.VideoUnreadable,
      missing ? 'There is no such file.' : phrase`The file cannot be read (${code}).`,
      { hint: missing ? 'Check the path.' : 'Check the permissions of the file.', subject: path },
    );
  };
}
