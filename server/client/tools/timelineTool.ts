import { type TimelineCreateProgress, TimelineCreateRequest, type TimelineEvent } from '../../protocol/index.js';
import { defineTool, type ToolStep } from './tool.js';
import { partOf, toolInputs } from './toolInputs.js';
import { spanText } from './toolText.js';
import { withClip } from './withClip.js';

/** More than a model reads with attention. */
const mostEvents = 400;
const steps = { shots: 'shots', frames: 'looking', speech: 'listening', words: 'words' } as const;

/** What is to be seen, read and heard in a clip, and when. */
export const timelineTool = defineTool({
  name: 'video_timeline',
  title: 'List what happens in a video, and when',
  description: 'Lists what perception models notice in a video on this machine, with times: shots, things, people, text on the screen, speech and motion. No language model is asked. The first look at a video takes about as long as it lasts; later ones are quick.',
  input: toolInputs.timeline,
  run: ({ video, tracks, ...part }, context) =>
    withClip(context, video, async ({ videoId, facts }) => {
      const params = { videoId, ...(tracks ? { tracks } : {}), ...partOf(part, facts.durationSeconds) };
      const onProgress = (value: TimelineCreateProgress): void => {
        const step = stepOf(value);
        if (step) {
          context.report(step);
        }
      };
      const timeline = await context.client.request(TimelineCreateRequest, params, { signal: context.signal, onProgress });
      const lines = timeline.events.slice(0, mostEvents).map(lineOf);
      const left = timeline.events.length - lines.length;
      const states = timeline.tracks.filter(({ state }) => state !== 'complete').map(({ track, state, note }) => `${track}: ${state}${note === undefined ? '' : ` (${note})`}`);
      const head = `${facts.path}, ${facts.durationSeconds.toFixed(1)} s long: ${timeline.events.length} events.`;
      return { text: [head, ...lines, ...(left > 0 ? [`… and ${left} more; ask for a part or for some tracks.`] : []), ...states].join('\n') };
    }),
});

function stepOf(progress: TimelineCreateProgress): ToolStep | undefined {
  return progress.kind === 'step' ? { what: steps[progress.what], done: progress.done, total: progress.total } : undefined;
}

function lineOf(event: TimelineEvent): string {
  const { track, label, count, confidence, weak } = event;
  const counted = count !== undefined && count > 1 ? ` × ${count}` : '';
  const sure = confidence < 1 ? ` (${Math.round(100 * confidence)} %)` : '';
  return `- ${spanText(event)} ${track}: ${weak ? '? ' : ''}${label.replace(/\s+/g, ' ')}${counted}${sure}`;
}
