import { createHash } from 'node:crypto';
import { type SightKind, sightKinds } from './observations.js';
import type { PerceptionKind, PerceptionModelFacts } from './perception.js';
import type { ModelHashes } from './store/clipObservations.js';

/** Models of a kind, in the order they were found. */
export function modelsOf(models: readonly PerceptionModelFacts[], kind: PerceptionKind): PerceptionModelFacts[] {
  return models.filter(({ kinds }) => kinds.includes(kind));
}

/** What the sights of each kind depend on. Poses are those of detected persons. */
export function modelHashes(models: readonly PerceptionModelFacts[]): ModelHashes {
  const hashes: ModelHashes = {};
  for (const kind of sightKinds) {
    const involved = [...modelsOf(models, kind), ...(kind === 'poses' ? modelsOf(models, 'objects') : [])];
    if (modelsOf(models, kind).length > 0) {
      hashes[kind] = createHash('sha256').update(involved.map(({ sha256 }) => sha256).join('\n')).digest('hex');
    }
  }
  return hashes;
}

/** With what poses need. */
export function withObjects(kinds: readonly SightKind[]): SightKind[] {
  return sightKinds.filter((kind) => kinds.includes(kind) || (kind === 'objects' && kinds.includes('poses')));
}
