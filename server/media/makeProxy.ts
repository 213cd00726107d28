import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import { runTool, type ToolResult } from '../video/runTool.js';
import { proxyArguments, type ProxyRecipe } from './proxyArguments.js';
import { encodersFor, missingEncoder, noteLack } from './proxyEncoders.js';

export interface ProxyOptions {
  /** Where the file goes; what is there is replaced. */
  output: string;
  token?: CancellationToken;
  /** 0…1, never falling. */
  onProgress?: (fraction: number) => void;
}

/**
 * Makes a file that plays everywhere and has the original's times (see `proxyArguments`): an mp4, or where ffmpeg
 * lacks the encoders for one, a webm.
 *
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled; then the output is incomplete and the caller's to remove
 */
export async function makeProxy(video: ProbedVideo, recipe: ProxyRecipe, tools: FfmpegTools, options: ProxyOptions): Promise<void> {
  for (let [encoders] = encodersFor(recipe.mode, tools.ffmpeg); encoders; [encoders] = encodersFor(recipe.mode, tools.ffmpeg)) {
    const result = await run(video, proxyArguments(video, recipe, tools.version, encoders, options.output), tools, options);
    if (result.exitCode === 0) {
      return;
    }
    const lack = missingEncoder(result.errorText, encoders);
    if (lack === undefined || !noteLack(tools.ffmpeg, lack)) {
      throw failed(result.errorText, video.facts.path);
    }
  }
  throw withoutEncoders(video.facts.path);
}

function run(video: ProbedVideo, args: string[], tools: FfmpegTools, options: ProxyOptions): Promise<ToolResult> {
  const { facts } = video;
  let best = 0;
  let rest = '';
  return runTool({
    command: tools.ffmpeg,
    args,
    token: options.token,
    timeoutSeconds: 600 + 60 * facts.durationSeconds,
    idleSeconds: 300,
    maxOutputBytes: 2 ** 30,
    // It may take minutes, and must not take the place of those who wait for a frame.
    unqueued: true,
    lowPriority: true,
    onOutput: (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        // Not `out_time`: it stays 0 where timestamps are kept as they are.
        const fraction = Math.min(1, Number(/^frame=\s*(\d+)/.exec(line)?.[1] ?? 0) / facts.frameCount);
        if (fraction > best) {
          best = fraction;
          options.onProgress?.(fraction);
        }
      }
    },
  });
}

function withoutEncoders(subject: string): VideoChatError {
  return new VideoChatError(ErrorCode.FfmpegFailed, 'This ffmpeg cannot make a playable copy: it lacks the encoders for one.', {
    hint: 'Install an ffmpeg with libx264 and libmp3lame, or name one in the settings.',
    subject,
  });
}

function failed(errorText: string, subject: string): VideoChatError {
  if (/No space left|Disk quota/i.test(errorText)) {
    return new VideoChatError(ErrorCode.FfmpegFailed, 'There is no room on the disk for a playable copy.', {
      hint: 'Make room, or choose another cache folder in the settings.',
      subject,
    });
  }
  const lastWords = errorText.split('\n').at(-1)?.slice(0, 200);
  return new VideoChatError(ErrorCode.FfmpegFailed, 'A playable copy of the clip could not be made.', {
    hint: lastWords ? phrase`The file may be damaged. ffmpeg said: ${lastWords}` : 'The file may be damaged.',
    subject,
  });
}
