import { serverNotification } from './descriptor.js';

/**
 * Streamed partial results. The requester puts a `progressToken` of its choice into the params of a
 * request that streams; the server answers with `$/progress` notifications that carry it, numbered
 * from 0 without gaps, and at last with the response. Nothing is sent after the response.
 */
export interface ProgressParams<Value = unknown> {
  token: string | number;
  /** 0, 1, 2, … within one token; lets a client prove that nothing was lost or reordered. */
  sequence: number;
  value: Value;
}

/** Mixed into the params of requests that stream. */
export interface Streaming {
  progressToken?: string | number;
}

export const ProgressNotification = serverNotification<ProgressParams>('$/progress');
