import type { CancellationToken } from '../common/cancellation.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from '../video/probeVideo.js';
import { runTool } from '../video/runTool.js';

/** How much of a clip is looked at, and how much of that must agree, in seconds. */
const [looked, compared] = [120, 110];
/** Type of the parts of an H.264 stream that a decoder can begin with. */
const beginning = 5;

/**
 * Whether an H.264 clip can be entered at its key frames. Broadcasts and camcorders write key frames that later
 * frames reach back across ("open groups"); at those, browsers wait for a picture for ever when one seeks. Reads only
 * key frames; what cannot be found out counts as good.
 *
 * @throws RequestCancelled
 */
export async function canBeSought(video: ProbedVideo, tools: FfmpegTools, token?: CancellationToken): Promise<boolean> {
  const { index, timeBase, facts, streamIndex, demuxer } = video;
  const until = (index.keyTicks[0] ?? 0) + (compared * timeBase.denominator) / timeBase.numerator;
  const keyFrames = index.keyTicks.filter((ticks) => ticks < until).length;
  const { exitCode, output } = await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'quiet', '-discard', 'nokey', '-t', String(looked)],
      ...[...pinnedInput(facts.path, demuxer), '-map', `0:${streamIndex}`, '-c:v', 'copy'],
      ...['-bsf:v', `filter_units=pass_types=${beginning}`, '-f', 'framecrc', 'pipe:1'],
    ],
    token,
    timeoutSeconds: 120,
    idleSeconds: 60,
    maxOutputBytes: 2 ** 24,
  });
  // One line for each frame that is left.
  const found = output.toString('latin1').match(/^\d/gm)?.length ?? 0;
  return exitCode !== 0 || found >= keyFrames;
}
