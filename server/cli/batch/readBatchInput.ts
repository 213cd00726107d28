import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ErrorCode, Limits, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';

/** A line of the input: what to ask, or why it cannot be asked. */
export type BatchItem =
  | { id: BatchId; video: string; turns: string[]; /** Answer with `answer`, not `answers`. */ single: boolean }
  | { id: BatchId; problem: VideoChatError };

/** A line without a usable id is known by its number: `line 3`. */
export type BatchId = string | number;

const question = z.string().trim().min(1).max(Limits.questionCharacters);
const id = z.union([z.string().min(1), z.number()]);
const lineSchema = z
  .object({ id, video: z.string().min(1), question: question.optional(), turns: z.array(question).min(1).max(1000).optional() })
  .refine((line) => (line.question === undefined) !== (line.turns === undefined), {
    message: 'give either "question" or "turns"',
  });

/** Reads a batch; blank lines are skipped, a bad line is an item of its own. Videos are relative to the file. */
export async function readBatchInput(file: string): Promise<BatchItem[]> {
  const folder = path.dirname(path.resolve(file));
  const lines = (await readText(file)).replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((line, index) => (line.trim() ? [parseBatchLine(line, index + 1, folder)] : []));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`The questions cannot be read: ${reason}.`, {
      hint: 'Name a file with one JSON object a line.',
      subject: file,
    });
  }
}

/** One line as an item. Never throws. */
export function parseBatchLine(text: string, number: number, folder: string): BatchItem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: `line ${number}`, problem: badLine(number, phrase`is not JSON`) };
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const known = z.object({ id }).safeParse(value);
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.');
    const what = `${where ? `"${where}": ` : ''}${issue?.message ?? 'unknown form'}`;
    return { id: known.success ? known.data.id : `line ${number}`, problem: badLine(number, phrase`is wrong: ${what}`) };
  }
  const { data } = parsed;
  return {
    id: data.id,
    video: path.resolve(folder, data.video),
    turns: data.turns ?? (data.question === undefined ? [] : [data.question]),
    single: data.question !== undefined,
  };
}

function badLine(number: number, what: Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.InvalidParams, phrase`Line ${number} ${what}.`, {
    hint: 'A line is {"id", "video", "question"} or {"id", "video", "turns": ["…"]}.',
  });
}
