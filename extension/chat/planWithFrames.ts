import { parseFramePlanSpec } from '../../server/protocol/index.js';

/** A model's own way of choosing frames, with another number of them. */
export function planWithFrames(modelPlan: string, frames: number): string {
  const plan = parseFramePlanSpec(modelPlan);
  const usual = plan.kind === 'rate' ? 'linspace' : 'videochat';
  return `${'count' in plan ? plan.kind : usual}:${frames}`;
}
