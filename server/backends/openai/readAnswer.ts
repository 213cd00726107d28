import { createParser } from 'eventsource-parser';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { logProbsSchema, type TokenLogProb, toTokens } from './tokenLogProbs.js';

/** Bytes of one event, and of a whole answer with all that is around its text. */
const eventBytes = 1024 * 1024;
const answerBytes = 64 * 1024 * 1024;

const text = z.string().nullish();
const piece = z.object({ content: text, reasoning_content: text, reasoning: text });
const chunk = z.object({
  choices: z.array(z.object({ delta: piece.nullish(), message: piece.nullish(), finish_reason: z.string().nullish(), logprobs: logProbsSchema })).nullish(),
  usage: z
    .object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish(), prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish() })
    .nullish(),
  error: z.union([z.string(), z.looseObject({ message: z.string(), code: z.union([z.string(), z.number()]).nullish() })]).nullish(),
});

export interface AnswerListener {
  /** Something came: text of the answer, or a sign of work (empty). @returns false where no more is wanted */
  onText(delta: string): boolean;
}

export interface ReadAnswer {
  /** As the server says; undefined where it says nothing and the answer has just ended. */
  finish?: string;
  promptTokens?: number;
  cachedTokens?: number;
  generatedTokens?: number;
  /** Where the server tells them. */
  tokens?: TokenLogProb[];
}

/** A stream that is not what it should be. */
export class BrokenAnswer extends Error {
  override readonly name = 'BrokenAnswer';
  constructor(
    message: string,
    /** What the server says of it, where it is the server that says so. */
    readonly told?: { text: string; status: number },
  ) {
    super(message);
  }
}

/**
 * Reads an answer: a stream of events, or one object where the server does not stream.
 *
 * @throws BrokenAnswer for what cannot be understood, is too large, or ends in the middle; else what the body throws
 */
export async function readAnswer(body: Readable, contentType: string, listener: AnswerListener): Promise<ReadAnswer> {
  return contentType.includes('application/json') ? readWhole(body, listener) : readEvents(body, listener);
}

async function readEvents(body: Readable, listener: AnswerListener): Promise<ReadAnswer> {
  const read: ReadAnswer = {};
  const problems: BrokenAnswer[] = [];
  let [isDone, goesOn] = [false, true];
  const parser = createParser({
    maxBufferSize: eventBytes,
    onEvent: ({ data }) => {
      if (isDone || !goesOn || problems.length > 0) {
        return;
      }
      if (data.trim() === '[DONE]') {
        isDone = true;
        return;
      }
      try {
        goesOn = take(JSON.parse(data), read, listener);
      } catch (error) {
        problems.push(error instanceof BrokenAnswer ? error : new BrokenAnswer('an event is not JSON'));
      }
    },
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') {
        problems.push(new BrokenAnswer('an event is too large'));
      }
    },
  });
  const decoder = new TextDecoder();
  await eachChunk(body, (bytes) => {
    parser.feed(decoder.decode(bytes, { stream: true }));
    const [problem] = problems;
    if (problem) {
      throw problem;
    }
    return goesOn && !isDone;
  });
  if (!goesOn) {
    return { ...read, finish: 'length' };
  }
  if (!isDone && read.finish === undefined) {
    throw new BrokenAnswer('the answer ended in the middle');
  }
  return read;
}

async function readWhole(body: Readable, listener: AnswerListener): Promise<ReadAnswer> {
  const chunks: Buffer[] = [];
  await eachChunk(body, (bytes) => {
    chunks.push(bytes);
    return listener.onText('');
  });
  const read: ReadAnswer = {};
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new BrokenAnswer('the answer is not JSON');
  }
  return take(value, read, listener) ? read : { ...read, finish: 'length' };
}

async function eachChunk(body: Readable, handle: (bytes: Buffer) => boolean): Promise<void> {
  let bytes = 0;
  for await (const data of body as AsyncIterable<Buffer>) {
    bytes += data.length;
    if (bytes > answerBytes) {
      throw new BrokenAnswer('the answer is too large');
    }
    if (!handle(data)) {
      // Leaving the loop ends the connection.
      return;
    }
  }
}

/** @returns false where no more is wanted */
function take(value: unknown, read: ReadAnswer, listener: AnswerListener): boolean {
  const { data, success } = chunk.safeParse(value);
  if (!success) {
    throw new BrokenAnswer('an event is of an unknown form');
  }
  const { error, usage, choices } = data;
  if (error !== undefined && error !== null) {
    const status = typeof error === 'object' && typeof error.code === 'number' ? error.code : 500;
    throw new BrokenAnswer('the server reports an error', { text: typeof error === 'string' ? error : error.message, status });
  }
  read.promptTokens = usage?.prompt_tokens ?? read.promptTokens;
  read.generatedTokens = usage?.completion_tokens ?? read.generatedTokens;
  read.cachedTokens = usage?.prompt_tokens_details?.cached_tokens ?? read.cachedTokens;
  const [choice] = choices ?? [];
  const said = choice?.delta ?? choice?.message;
  read.finish = choice?.finish_reason ?? read.finish;
  const tokens = toTokens(choice?.logprobs);
  if (tokens.length > 0) {
    (read.tokens ??= []).push(...tokens);
  }
  return listener.onText(said?.content ?? '');
}
