/** Limits of the protocol, on both ends and in every transport. */
export const Limits = {
  /** Bytes of a message header on stream transports. */
  headerBytes: 8 * 1024,
  /** Bytes of a message body. Frames and embeddings travel as files or ids, never as JSON. */
  bodyBytes: 16 * 1024 * 1024,
  /** Seconds without a byte in the middle of a message on stream transports. */
  partialMessageSeconds: 60,
  /** Frames in one plan. */
  framesPerPlan: 128,
  /** Characters of one question. */
  questionCharacters: 100_000,
  /** Pixels of one decoded frame. */
  framePixels: 64 * 1024 * 1024,
  /** Clips and pictures of one conversation, whatever the model. */
  chatMedia: 16,
  /** New tokens of one answer. */
  maxTokens: 8192,
  /** Requests to one backend in flight. */
  backendConcurrency: 64,
  /** Videos and conversations open at once. */
  openVideos: 10_000,
  openChats: 10_000,
  /** Media served at once. */
  openMedia: 1000,
} as const;
