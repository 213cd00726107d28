import type { AskContext, ChatService } from '../chat/chatService.js';
import type { Manifest } from '../models/manifest.js';
import { findAnswerTimes, type Segment, type Summary, type SummaryCreateParams, type VideoFacts } from '../protocol/index.js';

/** What models of this family were trained to answer with a description of the whole. */
const usualQuestion = { video: 'Describe the video.', image: 'Describe the image.' };

/** How long a moment lasts that the text gives no end for, in seconds. */
const momentSeconds = 1;

/**
 * Asks a model what happens in a clip, in a conversation of its own that is closed at the end, however that comes.
 *
 * @throws what `chat/create` and `chat/send` throw
 */
export async function summarise(
  chats: ChatService,
  facts: VideoFacts,
  manifest: Manifest,
  { videoId, modelId, plan }: SummaryCreateParams,
  context: AskContext,
): Promise<Summary> {
  const own = facts.kind === 'image' ? undefined : manifest.prompts?.summary;
  const { chatId } = await chats.create({ videoId, modelId, options: plan === undefined ? {} : { plan } });
  try {
    const answer = await chats.send(chatId, { text: own ?? usualQuestion[facts.kind] }, context);
    const text = answer.text.trim();
    return {
      facts,
      text,
      moments: findMoments(text, facts.durationSeconds),
      plan: answer.plan,
      model: { id: manifest.id, name: manifest.name, demonstration: manifest.demonstration },
      totalMs: answer.timings.total,
    };
  } finally {
    await chats.close(chatId);
  }
}

/** The times of a text that lie in the clip, as stretches of it. */
export function findMoments(text: string, durationSeconds: number): { text: string; segment: Segment }[] {
  return findAnswerTimes(text).flatMap(({ start, end, startSeconds, endSeconds = startSeconds + momentSeconds }) =>
    startSeconds < durationSeconds
      ? [{ text: text.slice(start, end), segment: { startSeconds, endSeconds: Math.min(endSeconds, durationSeconds) } }]
      : [],
  );
}
