import { ErrorCode, errorName, VideoChatError } from '../protocol/index.js';
import { ExitCode } from './exitCode.js';
import { note, type Terminal } from './terminal.js';

/** An error as data: in `--json` output and in the lines of a batch. */
export interface ErrorRecord {
  code: number;
  name: string;
  message: string;
  hint?: string;
}

export function toErrorRecord(error: unknown): ErrorRecord {
  if (error instanceof VideoChatError) {
    const { hint } = error.data;
    return { code: error.code, name: errorName(error.code), message: error.message, ...(hint ? { hint } : {}) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: ErrorCode.InternalError, name: errorName(ErrorCode.InternalError), message };
}

export function isCancelled(error: unknown): boolean {
  return error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled;
}

/** Says on stderr what failed and what to do about it; returns what the program ends with. */
export function reportError(terminal: Terminal, error: unknown): ExitCode {
  if (isCancelled(error)) {
    note(terminal, 'Stopped.', 'dim');
    return ExitCode.interrupted;
  }
  const { name, message, hint } = toErrorRecord(error);
  note(terminal, `videochat: ${message} (${name})`, 'red');
  if (hint) {
    note(terminal, hint);
  }
  return ExitCode.error;
}
