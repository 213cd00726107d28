import { z } from 'zod';
import { ErrorCode, type StreamFacts, VideoChatError } from '../protocol/index.js';
import { parseDisplayMatrix, rotationMatrix } from './displayTransform.js';
import { parseRational, type Rational } from './presentationIndex.js';
import { runTool } from './runTool.js';
import type { ProbeInput } from './scanPackets.js';

/** One stream as ffprobe tells it. */
export interface ProbedStream {
  index: number;
  kind: StreamFacts['kind'];
  codec: string;
  language?: string;
  /** As stored, before rotation; 0 when it is not a picture. */
  width: number;
  height: number;
  /** Display matrix, 3×3. */
  matrix: number[];
  timeBase: Rational;
  averageRate?: Rational;
  realRate?: Rational;
  sampleAspectRatio?: string;
  /** Of pictures, e.g. `yuv420p`. */
  pixelFormat?: string;
  /** Presentation time of the first packet, as the container counts. */
  startSeconds?: number;
  /** Frames the decoder holds back to put them in order. */
  reorderedFrames: number;
  /** What the container says; for messages only. */
  declaredFrames?: number;
  isCover: boolean;
  isDefault: boolean;
}

const text = z.string().optional().catch(undefined);
const number = z.coerce.number().optional().catch(undefined);
const sideData = z
  .array(z.object({ displaymatrix: text, rotation: number }))
  .optional()
  .catch(undefined);
const probeSchema = z.object({
  format: z.object({ format_name: text }).optional(),
  streams: z
    .array(
      z.object({
        index: z.number().int().nonnegative(),
        codec_type: text,
        codec_name: text,
        width: number,
        height: number,
        time_base: text,
        avg_frame_rate: text,
        r_frame_rate: text,
        sample_aspect_ratio: text,
        pix_fmt: text,
        start_time: number,
        has_b_frames: number,
        nb_frames: number,
        disposition: z.record(z.string(), z.number()).optional().catch(undefined),
        tags: z.record(z.string(), z.string()).optional().catch(undefined),
        side_data_list: sideData,
      }),
    )
    .default([]),
  frames: z.array(z.object({ width: number, height: number, side_data_list: sideData })).optional().catch(undefined),
});

/** Asks ffprobe for the streams; for a picture also for its frame, which carries the orientation of a JPEG. */
export async function readStreams(
  input: ProbeInput,
  withFrame: boolean,
  path: string,
): Promise<{ streams: ProbedStream[]; formatName: string }> {
  const { exitCode, output, errorText } = await runTool({
    command: input.ffprobe,
    args: [
      ...['-show_format', '-show_streams', '-of', 'json'],
      ...(withFrame ? ['-show_entries', 'frame=width,height,side_data_list:frame_side_data', '-read_intervals', '%+#1'] : []),
      ...input.inputArgs,
    ],
    token: input.token,
    timeoutSeconds: 120,
    maxOutputBytes: 16 << 20,
  });
  if (exitCode !== 0) {
    throw unreadable(errorText, path);
  }
  const parsed = probeSchema.safeParse(parseJson(output.toString('utf8')));
  if (!parsed.success) {
    throw unreadable('', path);
  }
  const frame = parsed.data.frames?.[0];
  const streams = parsed.data.streams.map((stream): ProbedStream => {
    const tags = stream.tags ?? {};
    const language = tags['language'] ?? tags['LANGUAGE'];
    return {
      index: stream.index,
      kind: kindOf(stream.codec_type),
      codec: stream.codec_name ?? 'unknown',
      ...(language && language !== 'und' ? { language } : {}),
      width: stream.width || frame?.width || 0,
      height: stream.height || frame?.height || 0,
      matrix: matrixOf([...(stream.side_data_list ?? []), ...(frame?.side_data_list ?? [])], tags['rotate']),
      timeBase: parseRational(stream.time_base) ?? { numerator: 1, denominator: 1_000_000 },
      averageRate: parseRational(stream.avg_frame_rate),
      realRate: parseRational(stream.r_frame_rate),
      sampleAspectRatio: stream.sample_aspect_ratio,
      pixelFormat: stream.pix_fmt,
      startSeconds: Number.isFinite(stream.start_time) ? stream.start_time : undefined,
      reorderedFrames: stream.has_b_frames ?? 0,
      declaredFrames: stream.nb_frames,
      isCover: (stream.disposition?.['attached_pic'] ?? 0) > 0,
      isDefault: (stream.disposition?.['default'] ?? 0) > 0,
    };
  });
  return { streams, formatName: parsed.data.format?.format_name ?? 'unknown' };
}

/** The default picture stream, else the largest, else the first; never a cover. */
export function chooseVideoStream(streams: readonly ProbedStream[]): ProbedStream | undefined {
  return streams
    .filter((stream) => stream.kind === 'video' && !stream.isCover)
    .sort(
      (a, b) =>
        Number(b.isDefault) - Number(a.isDefault) || b.width * b.height - a.width * a.height || a.index - b.index,
    )[0];
}

/** What the protocol tells of a stream. */
export function streamFacts({ index, kind, codec, language }: ProbedStream): StreamFacts {
  return { index, kind, codec, ...(language === undefined ? {} : { language }) };
}

function kindOf(type: string | undefined): StreamFacts['kind'] {
  return type === 'video' || type === 'audio' || type === 'subtitle' || type === 'attachment' ? type : 'data';
}

function matrixOf(list: readonly { displaymatrix?: string; rotation?: number }[], rotateTag: string | undefined): number[] {
  for (const item of list) {
    const matrix = item.displaymatrix === undefined ? undefined : parseDisplayMatrix(item.displaymatrix);
    if (matrix) return matrix;
    // ffprobe counts counter-clockwise.
    if (item.rotation !== undefined && Number.isFinite(item.rotation)) return rotationMatrix(-item.rotation);
  }
  const angle = Number(rotateTag ?? 0);
  return rotationMatrix(Number.isFinite(angle) ? angle : 0);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

function unreadable(errorText: string, path: string): VideoChatError {
  if (/moov atom not found/i.test(errorText)) {
    return new VideoChatError(ErrorCode.VideoTruncated, 'The file is cut off: its index (the moov atom) is missing.', {
      hint: 'Copy or download it again, or let the recorder finish it.',
      subject: path,
    });
  }
  return new VideoChatError(ErrorCode.VideoUnreadable, 'The file cannot be read as a video: it is damaged or not what its first bytes say.', {
    hint: 'Try to play it; if it plays, convert it to mp4.',
    subject: path,
  });
}
