import type { ModelParts } from '../engine/engineParts.js';
import type { PackService } from './packService.js';

/** Loads models with GPU packs, where there are any and they are proven. */
export function withPacks(parts: ModelParts, packs: PackService): ModelParts {
  return {
    ...parts,
    loadVision: (options) => parts.loadVision({ ...options, cudaRuntime: () => packs.visionRuntime() }),
    loadLanguage: (options) => parts.loadLanguage({ ...options, packFolder: () => packs.languageFolder() }),
  };
}
