import { ErrorCode, VideoChatError } from '../protocol/index.js';
import type { Perception } from './perception.js';

function refuse(): never {
  throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'No perception model for this is installed.', {
    hint: 'Install VideoChat again, or put the models into one of its model folders.',
  });
}

/** Where there are no perception models: shots, movement and subtitles are found without. */
export const noPerception: Perception = {
  look: async () => refuse(),
  listen: () => ({ hear: async () => refuse() }),
  transcribe: async () => refuse(),
  models: () => [],
  isAvailable: () => false,
  dispose: () => undefined,
};
