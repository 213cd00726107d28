import { type ErrorCode, Phrase, VideoChatError } from '../protocol/index.js';
import type { ClipEntry, KnownClip, SearchRow } from './clipEntry.js';
import type { Scan, ScannedClip } from './scanClips.js';
import type { ClipPictures } from './pictures/pictureQuestion.js';
import type { IndexAnswer, IndexQuery } from './searchIndex.js';
import { isCrash } from './sqlite.js';

/** What is asked of the thread, and what it answers. */
export interface ThreadMethods {
  scan(folders: readonly string[]): Scan;
  scanPaths(paths: readonly string[]): ScannedClip[];
  annotations(documentPath: string): SearchRow[];
  known(folders: readonly string[]): { clips: KnownClip[]; rebuilt: boolean };
  put(entries: readonly ClipEntry[]): { dropped: number; rebuilt: boolean };
  remove(paths: readonly string[]): void;
  tidy(params: { begin: boolean }): boolean;
  framesSeen(params: { content: string; model: string }): number[];
  keepPictures(params: { path: string; pictures: ClipPictures }): void;
  keepModel(model: string): void;
  hasPictures(model: string): boolean;
  query(params: IndexQuery): IndexAnswer;
  close(): void;
}
export type ThreadMethod = keyof ThreadMethods;

/** To the thread. */
export type ThreadCall = { id: number; method: 'cancel' } | { [Method in ThreadMethod]: { id: number; method: Method; params: Parameters<ThreadMethods[Method]>[0] } }[ThreadMethod];

/** From the thread. */
export type ThreadReply = { id: number; result: unknown } | { id: number; reason: ThreadFailure };

/** An error on its way between threads, which keep no classes. */
export interface ThreadFailure {
  /** Left out: nobody has thrown it on purpose. */
  code?: ErrorCode;
  message: Words;
  hint?: Words;
  subject?: string;
  /** The library that keeps the index does not work any more. */
  isFatal: boolean;
}
type Words = string | { template: string; parts: (string | number)[] };

export function reasonOf(error: unknown): ThreadFailure {
  const isFatal = isCrash(error);
  if (!(error instanceof VideoChatError)) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), isFatal };
  }
  const { message, hint } = error.phrases;
  return {
    code: error.code,
    message: plain(message),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    ...(error.data.subject === undefined ? {} : { subject: error.data.subject }),
    isFatal,
  };
}

export function errorOf({ code, message, hint, subject }: ThreadFailure): Error {
  const said = { message: worded(message), ...(hint === undefined ? {} : { hint: worded(hint) }) };
  const { message: words, ...details } = { ...said, ...(subject === undefined ? {} : { subject }) };
  return code === undefined ? new Error(String(words)) : new VideoChatError(code, said.message, details);
}

function plain(words: string | Phrase): Words {
  return typeof words === 'string' ? words : { template: words.template, parts: words.parts.map((part) => (typeof part === 'number' ? part : String(part))) };
}

function worded(words: Words): string | Phrase {
  return typeof words === 'string' ? words : new Phrase(words.template, words.parts);
}
