/** What the encoder makes of a clip: soft tokens for the language model. */
export interface Embeddings {
  rows: number;
  width: number;
  /** [rows,width] */
  data: Float32Array;
}
