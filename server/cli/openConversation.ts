import path from 'node:path';
import { ChatCreateRequest, type ModelInfo, type VideoFacts, VideoOpenRequest } from '../protocol/index.js';
import { type ChatCommandOptions, toChatOptions } from './chatOptions.js';
import { selectModel, warnAboutDemonstration } from './selectModel.js';
import type { Session } from './session.js';

export interface Conversation {
  chatId: string;
  facts: VideoFacts;
  model: ModelInfo;
}

/** Opens a clip, chooses the model and starts a conversation; nothing is decoded or loaded yet. */
export async function openConversation(
  session: Session,
  video: string,
  options: ChatCommandOptions,
  signal: AbortSignal,
): Promise<Conversation> {
  const { client, terminal } = session;
  const { videoId, facts } = await client.request(VideoOpenRequest, { path: path.resolve(video) }, { signal });
  const model = await selectModel(client, options.model);
  warnAboutDemonstration(terminal, model);
  const params = { videoId, modelId: model.id, options: toChatOptions(options, facts) };
  const { chatId } = await client.request(ChatCreateRequest, params, { signal });
  return { chatId, facts, model };
}
