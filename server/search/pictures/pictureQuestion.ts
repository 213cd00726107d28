import type { Segment } from '../../protocol/index.js';
import type { RetrievalModel } from '../../retrieval/retrieval.js';

/** A question to the embeddings of pictures. */
export interface PictureQuestion {
  model: Pick<RetrievalModel, 'id' | 'sha256' | 'width' | 'score'>;
  vector: Float32Array; // [width]
  contrast: readonly Float32Array[];
}

/** Embeddings of some pictures of one clip, as they are kept. */
export interface ClipPictures {
  /** Hash of the clip's content. */
  content: string;
  /** Hash of the model's manifest. */
  model: string;
  frames: Uint32Array;
  seconds: Float32Array;
  scales: Float32Array;
  data: Int8Array;
}

/** A part of a clip whose pictures fit a question. */
export interface PictureMoment extends Segment {
  content: string;
  bestSeconds: number;
  /** Of the best picture. */
  cosine: number;
  /** 0…1, of the best picture. */
  confidence: number;
}
