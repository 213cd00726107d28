import type { Logger } from '../common/logger.js';
import type { Perception } from './perception.js';

export interface PerceptionOpenOptions {
  /** Where the person's own models are, besides those that come with the program. */
  modelFolders: readonly string[];
  /** Where hashes of model files are remembered. */
  cacheFolder: string;
  /** CPU threads; 0 = choose. */
  threads: number;
  logger: Logger;
}

/** What the engine sees with; see `createEngineParts`. */
export interface PerceptionParts {
  /** Looks which perception models there are. None is loaded before it is needed. */
  open(options: PerceptionOpenOptions): Promise<Perception>;
}
