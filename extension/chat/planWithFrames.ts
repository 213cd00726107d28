import { parseFramePlanSpec } from '../../server/protocol/index.js';

/** A model's own way of choosing frames, with another number of them. */
export function planWithFrames(modelPlan: string, frames: number): string {
  const { kind } = parseFramePlanSpec(modelPlan);
  return `${kind === 'middle' ? kind : 'videochat'}:${frames}`;
}
