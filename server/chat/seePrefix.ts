import { createHash } from 'node:crypto';
import type { Embeddings, PromptPiece } from '../engine/engineParts.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import type { AnswerRequest } from './answerRequest.js';
import type { SeenMedium } from './seeMedia.js';

/** Prefixes of each model that were made last: a megabyte each. */
const made = new WeakMap<LoadedModel, Map<string, Embeddings>>();
const mostKept = 16;

/**
 * All that was seen and heard as one prefix, for a model that is shown things by one: it stands nowhere in the prompt.
 * Undefined for other models.
 */
export async function seePrefix({ clock, token }: AnswerRequest, model: LoadedModel, seen: readonly SeenMedium[]): Promise<PromptPiece | undefined> {
  const { prefix } = model.manifest;
  if (!prefix || seen.length === 0) {
    return undefined;
  }
  const { video = 1, image = 1, audio = 1 } = prefix.weights ?? {};
  const vectors = seen.flatMap(({ medium, found, heard }) => [
    ...('embeddings' in found ? [{ key: found.key, values: found.embeddings.data, weight: medium.video.opened.facts.kind === 'image' ? image : video }] : []),
    ...(heard ? [{ key: heard.key, values: heard.embeddings.data, weight: audio }] : []),
  ]);
  const key = createHash('sha256').update(JSON.stringify(vectors.map((vector) => [vector.key, vector.weight]))).digest('hex');
  const kept = made.get(model) ?? new Map<string, Embeddings>();
  made.set(model, kept);
  const constants = kept.get(key) ?? (await clock.time('encode', async () => (await model.openPrefix()).encode(vectors, token)));
  kept.delete(key);
  kept.set(key, constants);
  [...kept.keys()].slice(0, -mostKept).forEach((oldest) => kept.delete(oldest));
  return { kind: 'prefix', key, constants };
}
