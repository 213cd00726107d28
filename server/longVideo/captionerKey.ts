import { whoAnswers } from '../backends/whoAnswers.js';
import type { ModelSlot } from '../engine/modelSlot.js';

/** What decides what a model says of a window: its weights and prompts, the half that answers, and the question. */
export function captionerKey(half: 'embeddings' | 'timeline', { manifest }: ModelSlot, question: string, plan?: string): string {
  const { id, version, files, prompt, timeline, sampling, stop, framePlan, backend } = manifest;
  const weights = Object.entries(files).map(([name, { sha256 }]) => [name, sha256]);
  return JSON.stringify([half, id, version, weights, prompt, timeline, sampling, stop, framePlan, question, plan, ...(backend ? [whoAnswers(backend)] : [])]);
}
