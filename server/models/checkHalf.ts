import { type AnswerHalf, ErrorCode, type Phrase, phrase, type SummarySource, VideoChatError } from '../protocol/index.js';
import type { Manifest } from './manifest.js';
import { halvesOf } from './textHalf.js';

/** Whether a model can do what somebody asked for; events need none. @throws VideoChatError InvalidParams for a half that it does not have */
export function checkHalf(half: SummarySource, manifest: Manifest): void {
  if (half === 'events' || halvesOf(manifest).includes(half)) {
    return;
  }
  const { id, timeline } = manifest;
  const messages: Record<AnswerHalf, Phrase> = {
    embeddings: phrase`The model "${id}" reads texts alone and looks at no pictures.`,
    timeline: phrase`The model "${id}" cannot answer from a timeline.`,
    both: phrase`The model "${id}" cannot take frames and timeline together.`,
  };
  const ownWeights = half === 'both' && timeline?.language !== undefined;
  throw new VideoChatError(ErrorCode.InvalidParams, messages[half], {
    hint: ownWeights
      ? 'It has weights of its own for each. Choose one of the two, or leave it to the model what it answers from.'
      : 'Choose another model, or leave it to the model what it answers from.',
    subject: id,
  });
}
