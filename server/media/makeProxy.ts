import type { CancellationToken } from '../common/cancellation.js';
import { ErrorCode, VideoChatError } from '../protocol/index.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import type { ProbedVideo } from '../video/probeVideo.js';
import { runTool } from '../video/runTool.js';
import { proxyArguments, type ProxyRecipe } from './proxyArguments.js';

export interface ProxyOptions {
  /** Where the mp4 goes; what is there is replaced. */
  output: string;
  token?: CancellationToken;
  /** 0…1, never falling. */
  onProgress?: (fraction: number) => void;
}

/**
 * Makes an mp4 that plays everywhere and has the original's times (see `proxyArguments`).
 *
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled; then the output is incomplete and the caller's to remove
 */
export async function makeProxy(video: ProbedVideo, recipe: ProxyRecipe, tools: FfmpegTools, options: ProxyOptions): Promise<void> {
  const { facts } = video;
  let best = 0;
  let rest = '';
  const { exitCode, errorText } = await runTool({
    command: tools.ffmpeg,
    args: proxyArguments(video, recipe, tools.version, options.output),
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
  if (exitCode !== 0) {
    throw failed(errorText, facts.path);
  }
}

function failed(errorText: string, subject: string): VideoChatError {
  const encoder = /Unknown encoder '([\w-]+)'/.exec(errorText)?.[1];
  if (encoder) {
    return new VideoChatError(ErrorCode.FfmpegFailed, `This ffmpeg cannot make a playable copy: it lacks ${encoder}.`, {
      hint: 'Install an ffmpeg with libx264 and libmp3lame, or name one in the settings.',
      subject,
    });
  }
  if (/No space left|Disk quota/i.test(errorText)) {
    return new VideoChatError(ErrorCode.FfmpegFailed, 'There is no room on the disk for a playable copy.', {
      hint: 'Make room, or choose another cache folder in the settings.',
      subject,
    });
  }
  return new VideoChatError(ErrorCode.FfmpegFailed, 'A playable copy of the clip could not be made.', {
    hint: `The file may be damaged. ffmpeg said: ${errorText.split('\n').at(-1)?.slice(0, 200) || 'nothing'}`,
    subject,
  });
}
