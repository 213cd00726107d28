import type { ExtensionParts } from '../context.js';
import { showProblem } from '../showProblem.js';

/** What fails is told; whatever happens, rows are asked for again. */
export async function changingPacks(parts: ExtensionParts, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    void showProblem(error, parts.log);
  } finally {
    parts.modelsChanged.fire();
  }
}
