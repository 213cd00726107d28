import { open, stat } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { phrase } from '../protocol/index.js';
import { corrupt, PassingTrouble, writingModels } from './hubErrors.js';
import { type PartTag, readTag, removePart, writeTag } from './partTag.js';
import { drop, type WebAnswer, type WebClient } from './webClient.js';

/** A file whose size nobody says may have so many bytes. */
const mostUnsaid = 256 * 1024 * 1024;

/** Where a file comes from, and what is known of it. */
export interface PartSource {
  client: WebClient;
  address: URL;
  /** `Bearer …` */
  authorization?: string | undefined;
  /** How people call the file. */
  name: string;
  /** Of the whole file; undefined where nobody says it. */
  bytes?: number | undefined;
  /**
   * Whether an answer names the content by its hash: then what is here can be continued without the server's tag.
   *
   * @throws VideoChatError if it is about another file
   */
  namesContent(answer: WebAnswer): boolean;
  /** What a status means that is no success: an error for a person, or {@link PassingTrouble}. */
  statusError(status: number, headers: Headers): Error;
}

export interface PartOptions {
  /** Hears how many bytes of the file are here now. */
  onBytes(here: number): void;
  token?: CancellationToken;
}

/**
 * Fetches what is missing of a file, in one request, and appends it to what is there. What is there is only built upon where
 * the server confirms that the rest is of the same file.
 *
 * @throws PassingTrouble when the connection broke: what has come is kept. VideoChatError as the source says, DiskFull, ModelNotWritten
 */
export async function downloadPart(source: PartSource, part: string, options: PartOptions): Promise<void> {
  const { client, address, authorization, name, bytes } = source;
  const size = await stat(part).then((stats) => stats.size, () => 0);
  const tag = size > 0 ? await readTag(part) : undefined;
  const here = tag === undefined || size > (bytes ?? Infinity) ? 0 : size;
  if (here > 0 && here === bytes) {
    return;
  }
  const range = here === 0 ? {} : { range: `bytes=${here}-`, ...(tag === undefined || tag === 'linked' ? {} : { 'if-range': tag }) };
  const answer = await client.open(address, { method: 'GET', headers: range, authorization, token: options.token });
  try {
    if (answer.status !== 200 && answer.status !== 206 && answer.status !== 416) {
      throw source.statusError(answer.status, answer.headers);
    }
    const isLinked = source.namesContent(answer);
    const newTag = strongTag(answer.headers) ?? (isLinked ? 'linked' : undefined);
    const start = answer.status === 200 ? 0 : continuation(answer, here, bytes, tag, newTag);
    if (start === undefined) {
      await writingModels(part, () => removePart(part));
      throw new PassingTrouble('the server sent another piece than was asked for');
    }
    await append(answer, { part, start, tag: newTag, bytes, name, ...options });
  } finally {
    drop(answer.body);
  }
}

/** Where the piece of an answer belongs; undefined where it does not belong to what is here. */
function continuation({ status, headers }: WebAnswer, here: number, bytes: number | undefined, tag: PartTag | undefined, newTag: PartTag | undefined): number | undefined {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(headers.get('content-range') ?? '');
  if (status !== 206 || !match || Number(match[1]) !== here) {
    return undefined;
  }
  const sameSize = match[2] === '*' || bytes === undefined || Number(match[2]) === bytes;
  const sameContent = tag === newTag || tag === 'linked' || newTag === 'linked' || newTag === undefined;
  return sameSize && sameContent ? here : undefined;
}

interface Piece extends PartOptions {
  part: string;
  start: number;
  tag: PartTag | undefined;
  bytes: number | undefined;
  name: string;
}

async function append(answer: WebAnswer, { part, start, tag, bytes, name, onBytes, token }: Piece): Promise<void> {
  const encoding = answer.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw corrupt(name, phrase`it was packed on the way (${encoding})`);
  }
  const length = /^\d{1,15}$/.exec(answer.headers.get('content-length') ?? '')?.[0];
  const whole = bytes ?? (length === undefined ? undefined : start + Number(length));
  await writingModels(part, async () => {
    const handle = await open(part, start > 0 ? 'a' : 'w');
    try {
      if (start === 0) {
        await writeTag(part, tag);
      }
      let here = start;
      onBytes(here);
      for await (const piece of answer.pieces) {
        throwIfCancelled(token);
        here += piece.length;
        if (here > (whole ?? mostUnsaid)) {
          throw corrupt(name, phrase`it has more than ${whole ?? mostUnsaid} bytes`);
        }
        await handle.appendFile(piece);
        onBytes(here);
      }
      throwIfCancelled(token);
      if (whole !== undefined && here < whole) {
        throw new PassingTrouble('the connection broke');
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** A tag that promises the same bytes; weak ones do not. */
function strongTag(headers: Headers): PartTag | undefined {
  const tag = headers.get('etag');
  return tag !== null && /^"[^"]{1,500}"$/.test(tag) ? tag : undefined;
}
