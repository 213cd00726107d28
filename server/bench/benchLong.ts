import path from 'node:path';
import { VideoChatClient } from '../client/videoChatClient.js';
import { NarrationCreateRequest, TimelineCreateRequest, VideoOpenRequest } from '../protocol/index.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { runTool } from '../video/runTool.js';
import type { BenchResult } from './benchResult.js';
import { timeOnce } from './measure.js';
import { peakMegabytes } from './peakMegabytes.js';

const minutes = 4;
const everySeconds = 4;

/**
 * What a minute of a long video costs: looking through it, and captions of windows of 4 s by a model that is shown their
 * frames; and the same again, when all of it is kept. Ratios are against the time that playing it takes.
 */
export async function benchLong(folder: string, serverPath: string, sample: string, modelId: string, { ffmpeg }: FfmpegTools): Promise<BenchResult[]> {
  const clip = path.join(folder, 'long.mp4');
  const args = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-stream_loop', '-1', '-i', sample, '-t', String(60 * minutes), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', clip];
  const { exitCode, errorText } = await runTool({ command: ffmpeg, args, timeoutSeconds: 600, maxOutputBytes: 1 << 20 });
  if (exitCode !== 0) {
    throw new Error(errorText);
  }
  const client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder: path.join(folder, 'long-cache') } } });
  try {
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const narration = { videoId, modelId, everySeconds, answersFrom: 'embeddings' } as const;
    const look = await timeOnce(() => client.request(TimelineCreateRequest, { videoId }));
    const captions = await timeOnce(() => client.request(NarrationCreateRequest, narration));
    const again = await timeOnce(() => client.request(NarrationCreateRequest, narration));
    const peak = client.processId === undefined ? undefined : await peakMegabytes(client.processId);
    const perMinute = (milliseconds: number): number => milliseconds / minutes / 1000;
    const row = (label: string, milliseconds: number): { label: string; value: number; unit: string } => ({ label, value: perMinute(milliseconds), unit: 's a minute of video' });
    return [
      {
        name: 'a long video looked through and captioned window by window, against playing it',
        ratio: (60_000 * minutes) / (look + captions),
        numbers: [
          row('looking through', look),
          row('captions', captions),
          { label: 'windows', value: Math.ceil((60 * minutes) / everySeconds), unit: '' },
          ...(peak === undefined ? [] : [{ label: 'most memory of the server', value: peak, unit: 'MiB' }]),
        ],
      },
      { name: 'captions of a video that were made before, against the first time', ratio: captions / again, numbers: [row('again', again), row('first', captions)] },
    ];
  } finally {
    await client.dispose();
  }
}
