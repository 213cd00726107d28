import { basename } from 'node:path';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';

/** A file that is not of its format. @param where e.g. `line 3`; @param expected e.g. `a list` */
export function formatInvalid(file: string, where: Phrase, expected: string | Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.FormatInvalid, phrase`${basename(file)}, ${where}: expected ${expected}.`, {
    hint: 'Check the format you chose; server/dataset/README.md describes each.',
    subject: file,
  });
}

/** A file about one clip that is more than a document holds. @param expected e.g. `a file of less than 64 MB` */
export function fileTooLarge(file: string, expected: string | Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.FormatInvalid, phrase`${basename(file)} is too large: expected ${expected}.`, {
    hint: 'All of it has to go into the one document of its clip. Export fewer tracks, or a part of the clip, into each file, and import the files one after the other.',
    subject: file,
  });
}

/** An entry that does not fit: thrown by codecs, caught by the reader, which knows where it was. */
export class EntryMismatch extends Error {
  constructor(
    /** e.g. `"QA" to be a list`. */
    readonly expected: string | Phrase,
  ) {
    super(`expected ${expected}`);
  }
}

export function entryProblem(position: number, line: number, mismatch: EntryMismatch): Phrase {
  return phrase`Item ${position + 1} (line ${line}): expected ${mismatch.expected}. It is kept as it is.`;
}
