import { canSee, type Manifest } from '../models/manifest.js';
import { ErrorCode, phrase, type SummarySource, VideoChatError } from '../protocol/index.js';

/**
 * Which half of a model tells of a clip: what was asked for; else what the model can. A demonstration knows a small world:
 * of other clips, it can only read what perception models noticed.
 *
 * @throws VideoChatError InvalidParams for a half that the model does not have
 */
export function chooseHalf(manifest: Manifest, asked: SummarySource | undefined): SummarySource {
  const reads = manifest.abilities.includes('timeline');
  const sees = canSee(manifest);
  if ((asked === 'embeddings' && !sees) || (asked === 'timeline' && !reads)) {
    const what = asked === 'timeline' ? phrase`The model "${manifest.id}" cannot answer from a timeline.` : phrase`The model "${manifest.id}" reads texts alone and looks at no pictures.`;
    throw new VideoChatError(ErrorCode.InvalidParams, what, { hint: 'Choose another model, or leave it to the model what it answers from.', subject: manifest.id });
  }
  return asked ?? (reads && (manifest.demonstration || !sees) ? 'timeline' : 'embeddings');
}
