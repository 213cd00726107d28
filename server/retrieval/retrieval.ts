import type { CancellationToken } from '../common/cancellation.js';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import type { RgbFrame } from '../video/decodeStretches.js';

/** A model that finds pictures by words, as far as searching needs to know it. */
export interface RetrievalModel {
  id: string;
  /** Of its manifest, which names its files by their hashes. Embeddings of others cannot be compared with it. */
  sha256: string;
  width: number;
  score: { scale: number; bias?: number; least: number };
}

/** A question as a point of the space in which pictures lie. */
export interface EmbeddedQuery {
  vector: Float32Array; // [width]
  /** Texts that fit any picture; how sure a hit is is its share against the best of them. */
  contrast: readonly Float32Array[];
}

/** Embeds pictures and texts with the first dual encoder that is installed. All embeddings are of length 1. */
export interface Retrieval extends Disposable {
  /**
   * The model that is installed; undefined: none.
   *
   * @param now looks into the folders before it answers; else what was known a few seconds ago may be told
   */
  model(now?: boolean): Promise<RetrievalModel | undefined>;
  /**
   * @returns undefined for a picture that broke the model twice: it should be passed over
   * @throws RetrievalUnavailable, RequestCancelled
   */
  embedPicture(frame: RgbFrame, token?: CancellationToken): Promise<Float32Array | undefined>;
  /** @throws RetrievalUnavailable, RequestCancelled */
  embedQuery(query: string, token?: CancellationToken): Promise<EmbeddedQuery>;
}

export interface RetrievalOpenOptions {
  modelFolders: readonly string[];
  /** Where hashes of model files are remembered. */
  cacheFolder: string;
  /** CPU threads; 0 = choose. */
  threads: number;
  logger: Logger;
}
