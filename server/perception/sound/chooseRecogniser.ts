import { createHash } from 'node:crypto';
import type { SpeechOptions } from '../../protocol/index.js';
import { modelsOf } from '../modelHashes.js';
import type { Perception } from '../perception.js';
import { findPocketsphinx } from './pocketsphinx.js';
import type { Recogniser } from './recogniser.js';

/**
 * Who hears words: the speech model that is installed, or else the weak fallback if that is wanted.
 *
 * @returns undefined where nobody does
 * @throws PerceptionUnavailable where the fallback is wanted and not installed
 */
export async function chooseRecogniser(perception: Perception, { fallback = 'off', language }: SpeechOptions): Promise<Recogniser | undefined> {
  const [model] = modelsOf(perception.models(), 'transcription');
  if (model && perception.isAvailable('transcription')) {
    return {
      id: model.id,
      hash: createHash('sha256').update(JSON.stringify([model.sha256, language ?? ''])).digest('hex'),
      weak: false,
      hear: (samples, token) => perception.transcribe(samples, language, token),
    };
  }
  return fallback === 'pocketsphinx' ? findPocketsphinx() : undefined;
}
