import type { BackendRules } from '../models/backendRules.js';

/** What of a backend decides its answers: where they come from and what is sent, not how many are asked for at once. */
export function whoAnswers(backend: BackendRules): readonly unknown[] {
  const { kind, images, maxFrames, frameSide, model } = backend;
  const where = backend.kind === 'editor' ? [backend.vendor, backend.family] : [backend.endpoint];
  return [kind, ...where, model, images, maxFrames, frameSide];
}
