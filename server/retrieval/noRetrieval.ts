import { ErrorCode, VideoChatError } from '../protocol/index.js';
import type { Retrieval } from './retrieval.js';

function refuse(): never {
  throw new VideoChatError(ErrorCode.RetrievalUnavailable, 'No model that finds pictures by words is installed.');
}

/** Where there is no dual encoder: words are searched without. */
export const noRetrieval: Retrieval = {
  model: async () => undefined,
  embedPicture: async () => refuse(),
  embedQuery: async () => refuse(),
  dispose: () => undefined,
};
