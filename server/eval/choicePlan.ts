import { canSee, framesOf, type Manifest } from '../models/manifest.js';

/** Of MVBench's protocol. */
const choiceFrames = 16;

/**
 * The frame plan for questions with choices: 16 frames for models whose frames VideoChat's plan chooses. Undefined: the
 * model's own, as others were trained on a plan of their own.
 */
export function choicePlan(manifest: Manifest): string | undefined {
  const { plan, most } = framesOf(manifest);
  return canSee(manifest) && plan.startsWith('videochat:') ? `videochat:${Math.min(choiceFrames, most)}` : undefined;
}
