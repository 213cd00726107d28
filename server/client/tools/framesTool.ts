import { VideoFramesRequest } from '../../protocol/index.js';
import { defineTool } from './tool.js';
import { partOf, toolInputs } from './toolInputs.js';
import { withClip } from './withClip.js';

const usualCount = 4;
const usualSide = 512;

/** Frames of a clip as pictures. */
export const framesTool = defineTool({
  name: 'video_frames',
  title: 'Show frames of a video',
  description: 'Shows frames of a video on this machine as pictures: at given times, or spread over the video or a part of it. No model is asked.',
  input: toolInputs.frames,
  run: ({ video, seconds, count = usualCount, height = usualSide, ...part }, context) =>
    withClip(context, video, async ({ videoId, facts }) => {
      const plan = seconds ? `at:${seconds.map((at) => Number(at.toFixed(6))).join(',')}` : `middle:${count}`;
      const params = { videoId, plan, ...(seconds ? {} : partOf(part, facts.durationSeconds)), format: 'jpeg' as const, maxSide: height };
      context.report({ what: 'decoding' });
      const { plan: made, paths } = await context.client.request(VideoFramesRequest, params, { signal: context.signal });
      const pictures = paths.map((path, i) => ({ path, mimeType: 'image/jpeg', seconds: made.seconds[i] ?? 0 }));
      const size = `${facts.width} × ${facts.height}, ${facts.durationSeconds.toFixed(1)} s long`;
      return { text: `${facts.path} (${size}). Frames at ${pictures.map((picture) => `${picture.seconds.toFixed(2)} s`).join(', ')}.`, pictures };
    }),
});
