import { open, stat } from 'node:fs/promises';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { phrase } from '../protocol/index.js';
import { factsOf, type FileFacts, fileName, type HubAccess } from './askFile.js';
import { fileAddress } from './hubAddress.js';
import type { HubFile } from './hubCache.js';
import { corrupt, PassingTrouble, statusError, writingModels } from './hubErrors.js';
import { type PartTag, readTag, removePart, writeTag } from './partTag.js';
import { drop, type WebAnswer } from './webClient.js';

/** A file whose size nobody says may have so many bytes. */
const mostUnsaid = 256 * 1024 * 1024;

export interface PartOptions {
  /** Hears how many bytes of the file are here now. */
  onBytes(here: number): void;
  token?: CancellationToken;
}

/**
 * Fetches what is missing of a file, in one request, and appends it to what is there. What is there is only built upon where
 * the server confirms that the rest is of the same file.
 *
 * @throws PassingTrouble when the connection broke: what has come is kept. VideoChatError as `askFile`, DiskFull, ModelNotWritten
 */
export async function downloadPart(access: HubAccess, file: HubFile, facts: FileFacts, part: string, options: PartOptions): Promise<void> {
  const size = await stat(part).then((stats) => stats.size, () => 0);
  const tag = size > 0 ? await readTag(part) : undefined;
  const here = tag === undefined || size > (facts.bytes ?? Infinity) ? 0 : size;
  if (here > 0 && here === facts.bytes) {
    return;
  }
  const range = here === 0 ? {} : { range: `bytes=${here}-`, ...(tag === undefined || tag === 'linked' ? {} : { 'if-range': tag }) };
  const { client, endpoint, authorization } = access;
  const address = fileAddress(endpoint, { ...file, revision: facts.commit });
  const answer = await client.open(address, { method: 'GET', headers: range, authorization, token: options.token });
  try {
    if (answer.status !== 200 && answer.status !== 206 && answer.status !== 416) {
      throw statusError(answer.status, answer.headers, fileName(file), authorization !== undefined);
    }
    const isLinked = checkSame(answer, file, facts);
    const newTag = strongTag(answer.headers) ?? (isLinked ? 'linked' : undefined);
    const start = answer.status === 200 ? 0 : continuation(answer, here, facts, tag, newTag);
    if (start === undefined) {
      await writingModels(part, () => removePart(part));
      throw new PassingTrouble('the server sent another piece than was asked for');
    }
    await append(answer, { part, start, tag: newTag, facts, name: fileName(file), ...options });
  } finally {
    drop(answer.body);
  }
}

/** Where the piece of an answer belongs; undefined where it does not belong to what is here. */
function continuation({ status, headers }: WebAnswer, here: number, { bytes }: FileFacts, tag: PartTag | undefined, newTag: PartTag | undefined): number | undefined {
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
  facts: FileFacts;
  name: string;
}

async function append(answer: WebAnswer, { part, start, tag, facts, name, onBytes, token }: Piece): Promise<void> {
  const encoding = answer.headers.get('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw corrupt(name, phrase`it was packed on the way (${encoding})`);
  }
  const length = /^\d{1,15}$/.exec(answer.headers.get('content-length') ?? '')?.[0];
  const whole = facts.bytes ?? (length === undefined ? undefined : start + Number(length));
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

/**
 * The hub may have been given another file since it was asked.
 *
 * @returns whether it names the content by its hash
 */
function checkSame(answer: WebAnswer, file: HubFile, facts: FileFacts): boolean {
  const isLinked = answer.hops.some(({ headers }) => headers.has('x-linked-etag'));
  const now = isLinked ? factsOf(answer, { ...file, revision: facts.commit }) : undefined;
  if (now !== undefined && now.etag !== facts.etag) {
    throw corrupt(fileName(file), phrase`the hub has put another one in its place`);
  }
  return now !== undefined;
}

/** A tag that promises the same bytes; weak ones do not. */
function strongTag(headers: Headers): PartTag | undefined {
  const tag = headers.get('etag');
  return tag !== null && /^"[^"]{1,500}"$/.test(tag) ? tag : undefined;
}
