import { phrase } from '../../protocol/index.js';
import type { AnnotatedMedia, Phrase } from '../../protocol/index.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import { clipName } from './clipName.js';
import type { NamedClip } from './entryCodec.js';
import { checkItem } from './entryFormat.js';
import { EntryMismatch, fileTooLarge, formatInvalid } from './formatError.js';
import type { FrameClock } from './frameClock.js';
import type { Format, Piece, PieceItem, ReadContext, SourceFile } from './format.js';

/** What a file about one clip says. */
export interface ClipFile {
  /** Left out: the clip has the name of the file. */
  clip?: NamedClip;
  items: PieceItem[];
  /** What is needed to write the same file again. Plain JSON. */
  rest?: unknown;
  /** Why there are no items, where something was not understood. */
  problem?: string | Phrase;
}

export interface ClipFileParts {
  /** As `read` gave it; undefined: the file is new. */
  rest: unknown;
  /** In the order of the file, new ones last. */
  items: readonly PieceItem[];
  /** Path below the media folder. */
  clip: string;
  media: AnnotatedMedia | undefined;
  /** Looks at the clip itself; undefined: it is not there. */
  clock(): Promise<FrameClock | undefined>;
  lost(what: string, count?: number): void;
}

export interface ClipFileFormat extends Pick<Format, 'name' | 'extensions' | 'keeps'> {
  /** @param clockOf frames and seconds of a clip; undefined: nothing is known of it */
  read(file: SourceFile, clockOf: (clip: NamedClip) => Promise<FrameClock | undefined>): Promise<ClipFile>;
  /** Undefined: there is nothing to write. */
  write(parts: ClipFileParts): string | undefined | Promise<string | undefined>;
}

interface Rest {
  /** Of the file, where it is not that of the clip. */
  name?: string;
  rest?: unknown;
}

/** A format with a file for each clip, small enough to be held as a whole. */
export function clipFileFormat(parts: ClipFileFormat): Format {
  const { name, extensions, keeps } = parts;
  return {
    name,
    extensions,
    keeps,
    filePerClip: true,
    unit: 'clip',
    async *read(files, context) {
      let position = 0;
      for await (const file of files) {
        throwIfCancelled(context.token);
        yield await readFile(parts, file, position++, context);
      }
    },
    async write(pieces, output, context) {
      const used = new Set<string>();
      for await (const piece of pieces) {
        throwIfCancelled(context.token);
        const { clip = '_without-clip', items, from } = piece;
        const told = (from && piece.whole ? (piece.whole.rest ?? {}) : {}) as Rest;
        const text = await parts.write({ rest: told.rest, items, clip, media: piece.media, clock: async () => context.clockOf?.(piece), lost: (what, count) => context.lost(what, count) });
        if (text === undefined) {
          continue;
        }
        const fileName = [told.name ?? usualName(clip, extensions[0]), `${clip}${extensions[0]}`, `${clip}-${used.size}${extensions[0]}`].find((each) => !used.has(each)) ?? '';
        used.add(fileName);
        const sink = await output.file(fileName);
        await sink.write(text);
      }
    },
  };
}

function usualName(clip: string, extension: string): string {
  return `${clipName(clip, 'id')}${extension}`;
}

async function readFile(parts: ClipFileFormat, file: SourceFile, position: number, context: ReadContext): Promise<Piece> {
  const named = (clip: NamedClip): Promise<string> => context.clipOf(clip.name, clip.kind, position);
  const own: NamedClip = { name: file.name.replace(/\.[^./]+$/, ''), kind: 'id' };
  try {
    const found = await parts.read(file, async (clip) => context.clockOf?.(await named(clip), {}));
    found.items.forEach((each) => checkItem(each));
    if (found.problem !== undefined) {
      context.skipped(position, found.problem);
    }
    const clip = await named(found.clip ?? own);
    const usual = file.name === usualName(clip, parts.extensions[0]);
    const rest: Rest = { ...(usual ? {} : { name: file.name }), ...(found.rest === undefined ? {} : { rest: found.rest }) };
    return { position, clip, items: found.items, whole: Object.keys(rest).length > 0 ? { rest } : {} };
  } catch (error) {
    throw error instanceof EntryMismatch ? formatInvalid(file.path, phrase`line ${1}`, error.expected) : error;
  }
}

/** More than a document holds: cues are longer there. */
const largestFile = 64 * 1024 * 1024;

/** The text of a file. @throws VideoChatError FormatInvalid for what is no UTF-8, or too large */
export async function textOfFile(file: SourceFile): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of file.open()) {
    bytes += chunk.length;
    if (bytes > largestFile) {
      throw fileTooLarge(file.path, phrase`a file of less than ${largestFile / 1024 / 1024} MB`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw formatInvalid(file.path, phrase`line ${1}`, phrase`text in UTF-8`);
  }
}
