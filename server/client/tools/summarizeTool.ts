import { SummaryCreateRequest } from '../../protocol/index.js';
import { defineTool } from './tool.js';
import { partOf, toolInputs } from './toolInputs.js';
import { demonstrationNote, spanText, reporting } from './toolText.js';
import { withClip } from './withClip.js';

/** What happens in a clip. */
export const summarizeTool = defineTool({
  name: 'video_summarize',
  title: 'Summarize a video',
  description: 'Says what happens in a video on this machine: in a few sentences, part by part with times, or as chapters with titles. Long videos take a while; what was done is kept.',
  input: toolInputs.summarize,
  run: ({ video, kind, ...part }, context) =>
    withClip(context, video, async ({ videoId, facts }) => {
      const { client, signal } = context;
      const model = await context.model();
      const params = { videoId, modelId: model.id, ...(kind === undefined ? {} : { kind }), ...partOf(part, facts.durationSeconds) };
      const summary = await client.request(SummaryCreateRequest, params, { signal, onProgress: reporting(context) });
      const chapters = (summary.chapters ?? []).map((chapter) => `- ${spanText(chapter)}: ${chapter.title}`);
      const listed = chapters.length > 0 && kind === 'chapters' ? `\n\nChapters:\n${chapters.join('\n')}` : '';
      const told = summary.from === 'timeline' || summary.from === 'events';
      return { text: `${summary.text.trim() || 'The model said nothing.'}${listed}${told ? '' : demonstrationNote(model)}` };
    }),
});
