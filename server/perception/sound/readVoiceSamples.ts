import type { CancellationToken } from '../../common/cancellation.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import { pinnedInput, type ProbedVideo } from '../../video/probeVideo.js';
import { runTool } from '../../video/runTool.js';
import { voiceSampleRate } from '../perception.js';

/**
 * The first sound stream as a {@link VoiceListener} hears it: 16 kHz, mono, -1…1, in step with the picture, from the first
 * frame to `endSeconds`. The picture is not decoded.
 *
 * @param onSamples gets pieces of any length, in order; a promise holds the decoder back
 * @throws FfmpegFailed, FfmpegMissing, RequestCancelled, or what `onSamples` throws
 * @param patient `onSamples` may take hours: other runs of ffmpeg do not wait for this one
 */
export async function readVoiceSamples(
  { facts, timeBase, index, demuxer }: ProbedVideo,
  endSeconds: number,
  tools: FfmpegTools,
  onSamples: (samples: Float32Array) => void | Promise<void>,
  token?: CancellationToken,
  { patient = false }: { patient?: boolean } = {},
): Promise<void> {
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  let left = Math.ceil(endSeconds * voiceSampleRate);
  let odd: Uint8Array = new Uint8Array(0);
  await runTool({
    command: tools.ffmpeg,
    args: [
      ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts', '-vn', '-sn', '-dn'],
      ...['-itsoffset', (-firstSeconds).toFixed(6), ...pinnedInput(facts.path, demuxer), '-map', '0:a:0', '-ac', '1'],
      // The sound begins with the picture: what comes before is cut, what is missing is silence.
      ...['-af', `aresample=${voiceSampleRate}:async=1:first_pts=0,atrim=end_sample=${left}`, '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
    ],
    token,
    lowPriority: true,
    unqueued: patient,
    timeoutSeconds: patient ? 3_600 + 100 * facts.durationSeconds : 600 + 2 * facts.durationSeconds,
    idleSeconds: 120,
    maxOutputBytes: 2 * voiceSampleRate * (facts.durationSeconds * 2 + 3600),
    onOutput: async (chunk) => {
      const bytes = odd.length > 0 ? Buffer.concat([odd, chunk]) : chunk;
      const count = Math.min(left, bytes.length >> 1);
      odd = bytes.subarray(bytes.length & ~1);
      if (count === 0) return;
      left -= count;
      const samples = new Float32Array(count);
      for (let i = 0; i < count; i++) samples[i] = bytes.readInt16LE(2 * i) / 32768;
      await onSamples(samples);
    },
  });
}
