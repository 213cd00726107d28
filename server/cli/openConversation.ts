import path from 'node:path';
import { ChatCreateRequest, type ModelInfo, type VideoFacts, VideoOpenRequest, type VideoOpenResult } from '../protocol/index.js';
import { type ChatCommandOptions, toChatOptions } from './chatOptions.js';
import { selectModel, warnAboutModel } from './selectModel.js';
import type { Session } from './session.js';

export interface Conversation {
  chatId: string;
  facts: VideoFacts;
  model: ModelInfo;
}

/**
 * Opens clips and pictures, chooses the model and starts a conversation; nothing is decoded or loaded yet. Span and
 * facts are those of the first.
 */
export async function openConversation(
  session: Session,
  files: readonly [string, ...string[]],
  options: ChatCommandOptions,
  signal: AbortSignal,
): Promise<Conversation> {
  const { client, terminal } = session;
  const open = (file: string): Promise<VideoOpenResult> => client.request(VideoOpenRequest, { path: path.resolve(file) }, { signal });
  const [video, ...others] = files;
  const { videoId, facts } = await open(video);
  const videoIds = [videoId];
  for (const file of others) {
    videoIds.push((await open(file)).videoId);
  }
  const model = await selectModel(client, options.model);
  warnAboutModel(terminal, model);
  const { span, ...chatOptions } = toChatOptions(options, facts);
  const views = span ? { views: [{ medium: 0, span }] } : {};
  const about = others.length > 0 ? { videoIds, options: { ...chatOptions, ...views } } : { videoId, options: { ...chatOptions, ...(span ? { span } : {}) } };
  const params = { ...about, modelId: model.id };
  const { chatId } = await client.request(ChatCreateRequest, params, { signal });
  return { chatId, facts, model };
}
