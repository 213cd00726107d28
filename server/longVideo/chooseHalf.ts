import { canSee, type Manifest } from '../models/manifest.js';
import { type AnswersFrom, ErrorCode, phrase, type SummarySource, VideoChatError } from '../protocol/index.js';

/**
 * Which half of a model tells of a clip: what was asked for; else what the model can. A demonstration knows a small world:
 * of other clips, it can only read what perception models noticed.
 *
 * @throws VideoChatError InvalidParams for a half that the model does not have
 */
export function chooseHalf(manifest: Manifest, asked: AnswersFrom | 'events' = 'auto'): SummarySource {
  const reads = manifest.abilities.includes('timeline');
  const sees = canSee(manifest);
  if (asked === 'auto') {
    return reads && (manifest.demonstration || !sees) ? 'timeline' : 'embeddings';
  }
  if (!sees && (asked === 'embeddings' || asked === 'both')) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The model "${manifest.id}" reads texts alone and looks at no pictures.`, { hint, subject: manifest.id });
  }
  if (!reads && (asked === 'timeline' || asked === 'both')) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The model "${manifest.id}" cannot answer from a timeline.`, { hint, subject: manifest.id });
  }
  return asked;
}

const hint = phrase`Choose another model, or leave it to the model what it answers from.`;
