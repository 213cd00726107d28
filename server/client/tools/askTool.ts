import { ChatCloseRequest, ChatCreateRequest, ChatSendRequest } from '../../protocol/index.js';
import { defineTool } from './tool.js';
import { partOf, toolInputs } from './toolInputs.js';
import { demonstrationNote, spanText, reporting } from './toolText.js';
import { withClip } from './withClip.js';

/** One question about a clip. */
export const askTool = defineTool({
  name: 'video_ask',
  title: 'Ask about a video',
  description: 'Answers a question about a video or picture on this machine, with a local model: what can be seen, how many, where, when. Each call is a question of its own; it knows nothing of earlier ones.',
  input: toolInputs.ask,
  run: ({ video, question, ...part }, context) =>
    withClip(context, video, async ({ videoId, facts }) => {
      const { client, signal } = context;
      const model = await context.model();
      const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: model.id, options: partOf(part, facts.durationSeconds) }, { signal });
      try {
        const answer = await client.request(ChatSendRequest, { chatId, text: question }, { signal, onProgress: reporting(context) });
        const evidence = (answer.evidence ?? []).map((event) => `- ${spanText(event)}: ${event.label}`);
        const rests = evidence.length > 0 ? `\n\nThe answer rests on what perception models noticed:\n${evidence.join('\n')}` : '';
        const frames = answer.plan.seconds.length > 0 && evidence.length === 0 && facts.kind === 'video' ? `\n\nFrames looked at (seconds): ${answer.plan.seconds.map((at) => at.toFixed(1)).join(', ')}` : '';
        return { text: `${answer.text.trim() || 'The model said nothing.'}${rests}${frames}${answer.from === 'timeline' ? '' : demonstrationNote(model)}` };
      } finally {
        client.request(ChatCloseRequest, { chatId }).catch(() => undefined);
      }
    }),
});
