import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** Rows that stand in the prompt where tokens would; what the vision encoder answers with. */
export interface EmbeddingRows {
  rows: number;
  width: number;
  data: Float32Array; // [rows, width]
}

/**
 * A part of a prompt. Text pieces are tokenised each by itself, never merged; BOS goes to the first one
 * only. `special` is one token by its text, e.g. `</s>`. `key` names embedding rows over turns: same key, same values. `tokens` takes ids as they are,
 * e.g. those of an earlier answer, which need not be what its text would be tokenised to.
 *
 * `prefix` stands nowhere in the text: its rows, [layers, width], are added to the attention of each layer at every position.
 *
 * Models that answer elsewhere are sent messages: after a `role`, texts and pictures of one message.
 */
export type PromptPiece =
  | { kind: 'text'; text: string }
  | { kind: 'special'; text: string }
  | { kind: 'tokens'; ids: readonly number[] }
  | { kind: 'embeddings'; key: string; embeddings: EmbeddingRows }
  | { kind: 'prefix'; key: string; constants: EmbeddingRows }
  | { kind: 'role'; role: 'system' | 'user' | 'assistant' }
  | { kind: 'pictures'; key: string; pictures: readonly Picture[] };

/** A frame, or a picture, as it is sent. */
export interface Picture {
  /** Said before it, e.g. `Frame at 3.2 s:`; may be empty. */
  label: string;
  mimeType: string;
  data: Uint8Array;
  /** It is a clip, and counts as so many pictures. */
  frames?: number;
}

/** What sits at one position of the KV cache: a token id, or an embedding row as `key#row`. */
export type Entry = number | string;

/** One stretch of a prompt that decodes as one kind of batch. */
export type PromptPart =
  | { kind: 'tokens'; start: number; ids: readonly number[] }
  | { kind: 'embeddings'; start: number; embeddings: EmbeddingRows };

/** A tokenised prompt: every position's identity, and the stretches to decode in order. */
export interface Prompt {
  entries: Entry[];
  parts: PromptPart[];
  /** What every position is computed with, besides. */
  prefix?: { key: string; constants: EmbeddingRows };
}

/**
 * Tokenises the pieces and lays them out in positions.
 *
 * @param tokenize text → ids, with or without BOS
 * @param special the id of a token
 * @throws ModelCorrupt if embedding rows are not as wide as the model
 */
export function layOutPrompt(
  pieces: readonly PromptPiece[],
  width: number,
  tokenize: (text: string, bos: boolean) => readonly number[],
  special: (text: string) => number,
): Prompt {
  const entries: Entry[] = [];
  const parts: PromptPart[] = [];
  let bos = true;
  let prefix: Prompt['prefix'];
  for (const piece of pieces) {
    const start = entries.length;
    if (piece.kind === 'embeddings') {
      const { embeddings, key } = piece;
      if (embeddings.width !== width || embeddings.data.length !== embeddings.rows * embeddings.width) {
        throw new VideoChatError(
          ErrorCode.ModelCorrupt,
          phrase`The vision encoder's rows are ${embeddings.width} wide, the language model wants ${width}.`,
          { hint: 'The two halves of the model do not belong together; check its manifest.' },
        );
      }
      for (let row = 0; row < embeddings.rows; row++) {
        entries.push(`${key}#${row}`);
      }
      parts.push({ kind: 'embeddings', start, embeddings });
      continue;
    }
    if (piece.kind === 'prefix') {
      if (prefix) {
        throw new Error('A prompt has one prefix.');
      }
      prefix = { key: piece.key, constants: piece.constants };
      continue;
    }
    if (piece.kind === 'role' || piece.kind === 'pictures') {
      throw new Error('A model in this process is sent no messages.');
    }
    let ids: readonly number[];
    if (piece.kind === 'special') {
      ids = [...(bos ? tokenize('', true) : []), special(piece.text)];
    } else {
      ids = piece.kind === 'text' ? tokenize(piece.text, bos) : piece.ids;
    }
    bos &&= piece.kind === 'tokens';
    for (const id of ids) {
      entries.push(id);
    }
    parts.push({ kind: 'tokens', start, ids });
  }
  return { entries, parts, ...(prefix ? { prefix } : {}) };
}

/** Positions, and what they were computed with besides the model: the key of a prefix, or nothing. */
export interface HeldPositions {
  entries: readonly Entry[];
  prefixKey: string;
}

/** How many of the positions that are held serve a prompt: none where they were computed with another prefix. */
export function reusable({ entries, prefixKey }: HeldPositions, prompt: Prompt): number {
  return prefixKey === (prompt.prefix?.key ?? '') ? commonPrefix(entries, prompt.entries) : 0;
}

/** How many positions two sequences share from the start. */
export function commonPrefix(a: readonly Entry[], b: readonly Entry[]): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[length] === b[length]) {
    length++;
  }
  return length;
}

/** One native batch: at most `size` positions of one part. */
export type Chunk =
  | { tokens: Int32Array; rows?: undefined; count: number }
  | { tokens?: undefined; rows: Float32Array; count: number };

/** Cuts what lies at or after position `from` into batches; a batch never crosses a part. */
export function* chunksFrom(prompt: Prompt, from: number, size: number): Generator<Chunk> {
  for (const part of prompt.parts) {
    const length = part.kind === 'tokens' ? part.ids.length : part.embeddings.rows;
    for (let at = Math.max(0, from - part.start); at < length; at += size) {
      const end = Math.min(length, at + size);
      if (part.kind === 'tokens') {
        yield { tokens: Int32Array.from(part.ids.slice(at, end)), count: end - at };
      } else {
        const { data, width } = part.embeddings;
        yield { rows: data.subarray(at * width, end * width), count: end - at };
      }
    }
  }
}
