import { parseSync } from 'subtitle';
import type { CancellationToken } from '../../common/cancellation.js';
import { plainText } from '../../dataset/formats/subtitleCue.js';
import { roundTime } from '../../protocol/index.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from '../../video/probeVideo.js';
import { runTool } from '../../video/runTool.js';
import type { SubtitleLine } from '../events/speechEvents.js';
import type { SubtitleSource } from './findSubtitles.js';

const mostLines = 20_000;
const longestLine = 2000;

/**
 * Reads subtitles through ffmpeg, which knows all their kinds, with the times of the clip: 0 is its first frame.
 *
 * @returns undefined where they cannot be read
 * @throws FfmpegMissing, RequestCancelled
 */
export async function readSubtitles(
  { facts, demuxer, timeBase, index }: ProbedVideo,
  source: SubtitleSource,
  tools: FfmpegTools,
  token?: CancellationToken,
): Promise<SubtitleLine[] | undefined> {
  if (source.kind === 'sidecar') {
    return readSidecar(source, tools, token);
  }
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  const input = ['-itsoffset', (-firstSeconds).toFixed(6), ...pinnedInput(facts.path, demuxer), '-map', `0:${source.index}`];
  return convert(input, 120 + facts.durationSeconds, tools, token);
}

/** Reads subtitles beside a clip, of which nothing needs to be known. As {@link readSubtitles} otherwise. */
export async function readSidecar(source: SubtitleSource & { kind: 'sidecar' }, tools: FfmpegTools, token?: CancellationToken): Promise<SubtitleLine[] | undefined> {
  return convert([...pinnedInput(source.path, source.demuxer), '-map', '0:s:0'], 120, tools, token);
}

async function convert(input: readonly string[], timeoutSeconds: number, tools: FfmpegTools, token?: CancellationToken): Promise<SubtitleLine[] | undefined> {
  const { exitCode, output } = await runTool({
    command: tools.ffmpeg,
    args: ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', ...input, '-c:s', 'srt', '-f', 'srt', 'pipe:1'],
    token,
    timeoutSeconds,
    idleSeconds: 120,
    maxOutputBytes: 64 * 1024 * 1024,
  });
  return exitCode === 0 ? parseLines(output.toString('utf8')) : undefined;
}

/** Text and times of SubRip subtitles as ffmpeg writes them; undefined for anything else. */
export function parseLines(srt: string): SubtitleLine[] | undefined {
  try {
    return parseSync(srt)
      .flatMap((node) => (node.type === 'cue' ? [node.data] : []))
      .map(({ start, end, text }) => ({ startSeconds: roundTime(start / 1000), endSeconds: roundTime(end / 1000), text: spokenText(text) }))
      .filter(({ text, startSeconds, endSeconds }) => text !== '' && endSeconds > startSeconds)
      .slice(0, mostLines);
  } catch {
    return undefined;
  }
}

function spokenText(text: string): string {
  const { caption } = plainText(text.replace(/\{\\[^{}]*\}/g, ''), 'srt');
  return caption.split('\n').map((line) => line.trim()).filter((line) => line !== '').join('\n').slice(0, longestLine);
}
