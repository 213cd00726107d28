import { type FileHandle, open } from 'node:fs/promises';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { BatchId } from './readBatchInput.js';

/** The results file of a batch: one line per input line, in the same order, added one at a time. */
export class BatchOutput {
  private constructor(
    private readonly file: FileHandle,
    /** Lines that an earlier run finished. */
    readonly kept: number,
    /** Of those, lines with an `error`. */
    readonly keptErrors: number,
  ) {}

  /**
   * Opens or makes a results file. What an earlier run finished stays; a last line that was cut off in the
   * middle is taken away.
   *
   * @param ids of the input's items, in order
   * @throws VideoChatError if the file holds something else than results of this input
   */
  static async open(path: string, ids: readonly BatchId[]): Promise<BatchOutput> {
    const file = await openForAppending(path);
    try {
      const content = await file.readFile();
      const end = content.lastIndexOf(0x0a) + 1;
      const lines = content.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
      const tail = parseRecord(content.subarray(end).toString('utf8'));
      if (tail) {
        lines.push(content.subarray(end).toString('utf8'));
      }
      const errors = checkLines(path, lines, ids);
      if (tail) {
        await file.appendFile('\n');
      } else if (end < content.length) {
        await file.truncate(end);
      }
      return new BatchOutput(file, lines.length, errors);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Adds a line; on disk when the promise resolves. */
  async write(record: object): Promise<void> {
    await this.file.appendFile(`${JSON.stringify(record)}\n`);
    await this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The answers cannot be written: ${reason}.`, {
      hint: 'Name a file in a folder that exists and can be written.',
      subject: path,
    });
  }
}

function checkLines(path: string, lines: readonly string[], ids: readonly BatchId[]): number {
  let errors = 0;
  lines.forEach((line, index) => {
    const record = parseRecord(line);
    if (!record || record.id !== ids[index]) {
      const found = record ? phrase`has the id ${JSON.stringify(record.id)}` : phrase`is no result`;
      const due = index < ids.length ? JSON.stringify(ids[index]) : phrase`nothing`;
      throw new VideoChatError(
        ErrorCode.InvalidParams,
        phrase`${path} belongs to another batch: its line ${index + 1} ${found} where ${due} was due.`,
        { hint: 'Name another output file, or remove this one.', subject: path },
      );
    }
    errors += record.error === undefined ? 0 : 1;
  });
  return errors;
}

function parseRecord(text: string): { id: unknown; error?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'id' in value ? value : undefined;
  } catch {
    return undefined;
  }
}
