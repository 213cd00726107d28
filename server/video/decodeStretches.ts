import type { CancellationToken } from '../common/cancellation.js';
import type { FfmpegTools } from './findFfmpeg.js';
import type { DecodeStretch } from './planDecoding.js';
import { pinnedInput, type ProbedVideo } from './probeVideo.js';
import { type ToolResult, runTool } from './runTool.js';

/** A whole picture. */
export interface RgbFrame {
  width: number;
  height: number;
  data: Uint8Array; // [H,W,3] RGB
}

/** Of what comes out, in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** The decoder gave other frames than the index says. Seeking went wrong, or the file is damaged. */
export class FrameMismatch extends Error {
  override readonly name = 'FrameMismatch';
}

/** Containers whose seeking is only about right; start earlier. */
const looseSeeking = new Set(['mpegts', 'mpeg', 'asf', 'ogg', 'flv']);

/**
 * Decodes stretches in one run of ffmpeg, each through an input of its own, joined behind one another. `showinfo`
 * names every frame the decoder gives, and a frame is handed out only when its time (or its number, where times
 * do not tell) is the expected one and its stretch began at a real intra frame.
 *
 * @param options size: of the pictures that come out
 * @param onFrame gets the frames in the order of the stretches
 * @throws FrameMismatch, and what `runTool` throws
 */
export async function decodeStretches(
  video: ProbedVideo,
  stretches: readonly DecodeStretch[],
  tools: FfmpegTools,
  options: { token?: CancellationToken; threads: number; size: PictureSize },
  onFrame: (frameNumber: number, frame: RgbFrame) => void | Promise<void>,
): Promise<ToolResult> {
  const { width, height } = options.size;
  const frameBytes = width * height * 3;
  const wanted = stretches.flatMap((stretch) => stretch.frames);
  const cost = stretches.reduce((sum, stretch) => sum + stretch.cost, 0);
  const witness = new FrameWitness(video, stretches);
  let data = new Uint8Array(frameBytes);
  let filled = 0;
  let done = 0;
  const result = await runTool({
    command: tools.ffmpeg,
    args: decodeArguments(video, stretches, tools, options),
    token: options.token,
    timeoutSeconds: 300 + cost * (0.05 + video.facts.width * video.facts.height * 1e-7),
    idleSeconds: 120,
    maxOutputBytes: wanted.length * frameBytes,
    onErrorLine: (line) => witness.read(line),
    onErrorEnd: () => witness.end(),
    onOutput: async (chunk) => {
      for (let offset = 0; offset < chunk.length; ) {
        const part = chunk.subarray(offset, offset + frameBytes - filled);
        data.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (filled === frameBytes) {
          await witness.seen(done);
          await onFrame(wanted[done] ?? 0, { width, height, data });
          data = new Uint8Array(frameBytes);
          filled = 0;
          done++;
        }
      }
    },
  });
  if (done < wanted.length) {
    throw new FrameMismatch(`${done} of ${wanted.length} frames`);
  }
  return result;
}

function decodeArguments(
  video: ProbedVideo,
  stretches: readonly DecodeStretch[],
  tools: FfmpegTools,
  { threads, size }: { threads: number; size: PictureSize },
): string[] {
  const { facts } = video;
  const inputs = stretches.flatMap(({ keyTicks }) => {
    const seek =
      keyTicks === undefined
        ? []
        : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSeconds(video, keyTicks)];
    return ['-noautorotate', '-threads', String(threads), ...seek, ...pinnedInput(facts.path, video.demuxer)];
  });
  const chains = stretches.map((stretch, i) => {
    const { frames } = stretch;
    const filters = [
      `showinfo@s${i}=checksum=0`,
      `select='${selectExpression(video, stretch)}'`,
      `trim=end_frame=${frames.length}`,
      ...video.transform.filters,
      `scale=${size.width}:${size.height}:flags=bicubic+accurate_rnd+full_chroma_int`,
      'setsar=1',
      'format=rgb24',
    ];
    return `[${i}:${video.streamIndex}]${filters.join(',')}[o${i}]`;
  });
  const joined = stretches.map((_, i) => `[o${i}]`).join('') + `concat=n=${stretches.length}[out]`;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'level+info', '-copyts'],
    ...inputs,
    ...['-filter_complex', stretches.length > 1 ? [...chains, joined].join(';') : (chains[0] ?? '')],
    ...['-map', stretches.length > 1 ? '[out]' : '[o0]', ...everyFrame(tools.version)],
    ...['-frames:v', String(stretches.reduce((sum, { frames }) => sum + frames.length, 0))],
    ...['-pix_fmt', 'rgb24', '-c:v', 'rawvideo', '-f', 'rawvideo', 'pipe:1'],
  ];
}

/** True for the wanted frames and, so that `trim` ends the input there, for all that come after the last one. */
function selectExpression(video: ProbedVideo, { frames, byNumber }: DecodeStretch): string {
  const variable = byNumber ? 'n' : 'pts';
  const value = (frame: number): number => (byNumber ? frame : (video.index.ticks[frame] ?? 0));
  let terms: string[] = [];
  for (let i = 0; i < frames.length; i++) {
    const first = frames[i] ?? 0;
    while (frames[i + 1] === (frames[i] ?? 0) + 1) i++;
    terms.push(`between(${variable},${value(first)},${value(frames[i] ?? 0)})`);
  }
  terms.push(`gt(${variable},${value(frames.at(-1) ?? 0)})`);
  // ffmpeg takes at most 100 terms on one level.
  while (terms.length > 8) {
    terms = Array.from({ length: Math.ceil(terms.length / 8) }, (_, i) => `(${terms.slice(i * 8, i * 8 + 8).join('+')})`);
  }
  return terms.join('+');
}

/** No frame dropped or repeated to make the rate constant; the option was renamed in 5.1. */
export function everyFrame(version: string): string[] {
  const release = /^n?(\d+)\.(\d+)/.exec(version);
  const build = /^N-(\d+)/.exec(version);
  const old = release ? Number(release[1]) + Number(release[2]) / 100 < 5.01 : build ? Number(build[1]) < 107_000 : false;
  return [old ? '-vsync' : '-fps_mode', 'passthrough'];
}

function seekSeconds(video: ProbedVideo, keyTicks: number): string {
  const seconds = (keyTicks * video.timeBase.numerator) / video.timeBase.denominator;
  // Two microseconds later, lest rounding turn the key frame into the one before.
  return (seconds + 2e-6 - (looseSeeking.has(video.demuxer) ? 1 : 0)).toFixed(6);
}

/** Reads the lines of `showinfo` and tells which wanted frames the decoder has given. */
class FrameWitness {
  private readonly stretches: {
    expected: { value: number; ordinal: number }[];
    byNumber: boolean;
    /** Ticks of the key frame that must still be seen, as an intra frame. */
    key: number | undefined;
  }[];
  private readonly waiting = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>();
  private readonly known = new Set<number>();
  private failure: FrameMismatch | undefined;
  private readonly timeBase: string;

  constructor(video: ProbedVideo, stretches: readonly DecodeStretch[]) {
    let ordinal = 0;
    this.timeBase = `${video.timeBase.numerator}/${video.timeBase.denominator}`;
    this.stretches = stretches.map(({ keyTicks, keyPresented, byNumber, frames }) => ({
      expected: frames.map((frame) => ({ value: byNumber ? frame : (video.index.ticks[frame] ?? 0), ordinal: ordinal++ })),
      byNumber,
      key: keyPresented ? keyTicks : undefined,
    }));
  }

  /** Resolves when the frame at this place of the output was named by the decoder. */
  async seen(ordinal: number): Promise<void> {
    if (this.known.has(ordinal)) return;
    if (this.failure) throw this.failure;
    await new Promise<void>((resolve, reject) => this.waiting.set(ordinal, { resolve, reject }));
  }

  read(line: string): void {
    const head = /^\[showinfo@s(\d+) @ [^\]]*\] \[info\] (.*)$/.exec(line);
    const stretch = this.stretches[Number(head?.[1] ?? -1)];
    if (!head || !stretch) return;
    const text = head[2] ?? '';
    const timeBase = /config in time_base: (\d+\/\d+)/.exec(text)?.[1];
    if (timeBase && timeBase !== this.timeBase && !stretch.byNumber) {
      throw this.fail(`time base ${timeBase}`);
    }
    const frame = /^n:\s*(\d+) pts:\s*(-?\d+|NOPTS) .*? type:(\S)/.exec(text);
    if (!frame) return;
    const value = Number(stretch.byNumber ? frame[1] : frame[2]);
    if (stretch.key !== undefined && value >= stretch.key) {
      if (value !== stretch.key || /[PB]/.test(frame[3] ?? '')) {
        throw this.fail(`no intra frame at ${stretch.key}`);
      }
      stretch.key = undefined;
    }
    const next = stretch.expected[0];
    if (!next || !(value >= next.value)) return;
    if (value > next.value) {
      throw this.fail(`${value} instead of ${next.value}`);
    }
    stretch.expected.shift();
    this.known.add(next.ordinal);
    this.waiting.get(next.ordinal)?.resolve();
    this.waiting.delete(next.ordinal);
  }

  end(): void {
    this.fail('the decoder stopped');
  }

  private fail(reason: string): FrameMismatch {
    this.failure ??= new FrameMismatch(reason);
    this.waiting.forEach(({ reject }) => reject(this.failure));
    this.waiting.clear();
    return this.failure;
  }
}
