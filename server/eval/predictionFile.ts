import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { readDataJson } from './read/readDataFile.js';

const seconds = z.number().min(0);
const recordSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  answer: z.string().max(100_000).optional(),
  /** Of a question with choices, in place of an answer: the number of the option, from 0. */
  choice: z.int().min(0).max(25).optional(),
  /** What was said where the likeliest letter was chosen; how likely each was, as logarithms of probabilities; null: not told. */
  said: z.string().max(100_000).optional(),
  logProbs: z.array(z.number().nullable()).max(26).optional(),
  /** To the second wording of a question. */
  secondAnswer: z.string().max(100_000).optional(),
  spans: z.array(z.tuple([seconds, seconds])).max(1000).optional(),
  captions: z.array(z.object({ sentence: z.string().max(10_000), timestamp: z.tuple([seconds, seconds]) })).max(10_000).optional(),
  /** Of a judge. */
  score: z.number().min(0).max(5).optional(),
  match: z.boolean().optional(),
  error: z.object({ code: z.number().optional(), message: z.string() }).optional(),
});
export type PredictionRecord = z.infer<typeof recordSchema>;

/** A longer line is no record, in characters. */
const longestLine = 8 * 1024 * 1024;

/** A file of records, one a line, that grows while predictions are made. Of several records of an item the last counts. */
export class PredictionFile {
  private readonly records = new Map<string, PredictionRecord>();
  private handle: FileHandle | undefined;
  /** ActivityNet's results are read, and not added to. */
  private isWhole = false;

  private constructor(private readonly path: string) {}

  /**
   * Reads what is there. A last line that was cut off in the middle is taken away when the next one is written.
   *
   * @throws VideoChatError InvalidParams where a line is no record
   */
  static async open(path: string): Promise<PredictionFile> {
    const file = new PredictionFile(path);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) {
      await file.read();
    }
    return file;
  }

  /** @returns undefined where there is none */
  get(id: string): PredictionRecord | undefined {
    return this.records.get(id);
  }

  /** Whether more can be written. */
  get grows(): boolean {
    return !this.isWhole;
  }

  /** On disk when the promise resolves. @throws VideoChatError AnnotationsNotWritten, DiskFull */
  async add(record: PredictionRecord): Promise<void> {
    try {
      this.handle ??= await this.openEnd();
      await this.handle.appendFile(`${JSON.stringify(record)}\n`);
      await this.handle.datasync();
    } catch (error) {
      const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new VideoChatError(isFull ? ErrorCode.DiskFull : ErrorCode.AnnotationsNotWritten, phrase`The predictions cannot be written: ${error instanceof Error ? error.message : String(error)}.`, {
        hint: 'Name a file in a folder that exists and can be written.',
        subject: this.path,
      });
    }
    this.records.set(record.id, record);
  }

  async dispose(): Promise<void> {
    await this.handle?.close();
    this.handle = undefined;
  }

  private async read(): Promise<void> {
    const results = await this.activityNet();
    if (results) {
      this.isWhole = true;
      for (const [id, captions] of Object.entries(results)) {
        this.records.set(id, { id, captions });
      }
      return;
    }
    const stream = createReadStream(this.path, { encoding: 'utf8', highWaterMark: 256 * 1024 });
    let number = 0;
    let torn: number | undefined;
    try {
      for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
        number++;
        if (torn !== undefined) {
          throw this.noRecord(torn);
        }
        if (line.trim() !== '') {
          const record = line.length > longestLine ? undefined : parse(line);
          if (record) {
            this.records.set(record.id, record);
          } else {
            torn = number;
          }
        }
      }
    } finally {
      stream.destroy();
    }
    // Only the last line may be half a record, where nothing ends it.
    if (torn !== undefined && (await this.endsLine())) {
      throw this.noRecord(torn);
    }
  }

  private async activityNet(): Promise<Record<string, NonNullable<PredictionRecord['captions']>> | undefined> {
    const handle = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, 0);
      const head = buffer.toString('utf8', 0, bytesRead);
      if (!/"results"\s*:/.test(head) || /^\s*\{\s*"id"/.test(head)) {
        return undefined;
      }
    } finally {
      await handle.close();
    }
    const schema = z.object({ results: z.record(z.string(), z.array(z.object({ sentence: z.string(), timestamp: z.tuple([seconds, seconds]) }))) });
    const parsed = schema.safeParse(await readDataJson(this.path));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new VideoChatError(ErrorCode.InvalidParams, phrase`The results are wrong at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`, {
        hint: 'Results are {"results": {"clip": [{"sentence", "timestamp": [start, end]}]}}.',
        subject: this.path,
      });
    }
    return parsed.data.results;
  }

  private noRecord(line: number): VideoChatError {
    return new VideoChatError(ErrorCode.InvalidParams, phrase`Line ${line} of the predictions is no record.`, {
      hint: 'Each line is {"id", "answer"}, {"id", "spans": [[start, end]]} or {"id", "captions": [{"sentence", "timestamp"}]}.',
      subject: this.path,
    });
  }

  private async endsLine(): Promise<boolean> {
    return (await wholeLines(this.path)) === undefined;
  }

  /** For appending, behind the last whole line. */
  private async openEnd(): Promise<FileHandle> {
    const whole = await wholeLines(this.path);
    const handle = await open(this.path, 'a');
    if (whole !== undefined) {
      const tail = await open(this.path, 'r');
      try {
        const { size } = await tail.stat();
        const rest = Buffer.alloc(Math.min(size - whole, longestLine));
        await tail.read(rest, 0, rest.length, whole);
        // A record that only lacks its line break is one.
        await (parse(rest.toString('utf8')) ? handle.appendFile('\n') : handle.truncate(whole));
      } finally {
        await tail.close();
      }
    }
    return handle;
  }
}

function parse(line: string): PredictionRecord | undefined {
  try {
    return recordSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** Bytes up to the last line break, where something follows it; undefined where nothing does. */
async function wholeLines(path: string): Promise<number | undefined> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) {
    return undefined;
  }
  try {
    const { size } = await handle.stat();
    const chunk = Buffer.alloc(64 * 1024);
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - chunk.length);
      const { bytesRead } = await handle.read(chunk, 0, end - start, start);
      const at = chunk.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (at >= 0) {
        return start + at + 1 === size ? undefined : start + at + 1;
      }
      end = start;
    }
    return size > 0 ? 0 : undefined;
  } finally {
    await handle.close();
  }
}
