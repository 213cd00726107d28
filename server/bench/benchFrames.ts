import { decodeFrames } from '../video/decodeFrames.js';
import type { FfmpegTools } from '../video/findFfmpeg.js';
import { planFrames } from '../video/planFrames.js';
import { type ProbedVideo, probeVideo } from '../video/probeVideo.js';
import { decodeEverything, makeBenchClips } from './benchClips.js';
import type { BenchResult } from './benchResult.js';
import { medianTime, timeOnce } from './measure.js';

const plan = 'videochat:8';

/** Frames by index: the cost must follow the frames asked for, not the length of the clip. */
export async function benchFrames(folder: string, tools: FfmpegTools): Promise<BenchResult[]> {
  const clips = await makeBenchClips(folder, tools);
  const minutes = await opened(clips.minutes, tools);
  const hour = await opened(clips.hour, tools);
  const few = await medianTime(() => take(minutes.video, tools));
  const fewOfHour = await medianTime(() => take(hour.video, tools));
  const everything = await medianTime(() => decodeEverything(clips.minutes, tools), 1);
  return [
    {
      name: '8 frames of a 5-minute clip by seeking, against decoding all of it',
      ratio: everything / few,
      numbers: [
        { label: 'seeking', value: few, unit: 'ms' },
        { label: 'everything', value: everything, unit: 'ms' },
        { label: 'opening (index and hash, once)', value: minutes.milliseconds, unit: 'ms' },
      ],
    },
    {
      name: '8 frames of a 1-hour clip, against 8 of a 5-minute clip (1×: the length costs nothing)',
      ratio: few / fewOfHour,
      numbers: [
        { label: '5 minutes', value: few, unit: 'ms' },
        { label: '1 hour', value: fewOfHour, unit: 'ms' },
        { label: 'opening the hour (index and hash, once)', value: hour.milliseconds, unit: 'ms' },
      ],
    },
  ];
}

async function opened(clip: string, tools: FfmpegTools): Promise<{ video: ProbedVideo; milliseconds: number }> {
  let video: ProbedVideo | undefined;
  const milliseconds = await timeOnce(async () => {
    video = await probeVideo(clip, tools);
  });
  return { video: video as ProbedVideo, milliseconds };
}

async function take(video: ProbedVideo, tools: FfmpegTools): Promise<void> {
  const { indices } = await planFrames(video, plan);
  await decodeFrames(video, indices, tools, {});
}
