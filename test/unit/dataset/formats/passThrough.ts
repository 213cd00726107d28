import type { AnnotatedMedia, FrameTimes } from '../../../../server/protocol/index.js';
import { clipName } from '../../../../server/dataset/formats/clipName.js';
import { frameClock } from '../../../../server/dataset/formats/frameClock.js';
import type { ExportPiece, Format, Piece, ReadContext, SourceFile, WriteContext } from '../../../../server/dataset/formats/format.js';

export interface Passed {
  /** What was written: `''` → text for a single file, else name → text. */
  files: Map<string, string>;
  pieces: Piece[];
  fileRest: unknown;
  skipped: { position: number; message: string }[];
  lost: Record<string, number>;
}

const importId = 'test-1';

/** Reads a file in small chunks, without documents or disk. */
export async function readPieces(
  format: Format,
  files: string | Buffer | Record<string, string | Buffer>,
  media?: AnnotatedMedia,
  times?: FrameTimes,
): Promise<Pick<Passed, 'pieces' | 'fileRest' | 'skipped'>> {
  const named = typeof files === 'string' || Buffer.isBuffer(files) ? { [`file${format.extensions[0]}`]: files } : files;
  const result: Pick<Passed, 'pieces' | 'fileRest' | 'skipped'> = { pieces: [], fileRest: undefined, skipped: [] };
  const context: ReadContext = {
    clipOf: async (name, kind) => (kind === 'id' && name === clipName(name, 'id') ? `${name}.mp4` : name),
    clockOf: async (_clip, told) => frameClock(told, media && { media, times }),
    durationOf: async () => media?.duration,
    setFileRest: (rest) => (result.fileRest = rest),
    skipped: (position, message) => result.skipped.push({ position, message: String(message) }),
  };
  for await (const piece of format.read(sources(named), context)) {
    result.pieces.push(piece);
  }
  return result;
}

/**
 * Imports files and exports them at once, as if documents had been between: what is kept has been JSON.
 *
 * @param edit changes what was imported, as an annotator would; may add pieces without `from`
 */
export async function passThrough(
  format: Format,
  files: string | Buffer | Record<string, string | Buffer>,
  edit: (pieces: ExportPiece[]) => ExportPiece[] = (pieces) => pieces,
  media?: AnnotatedMedia,
): Promise<Passed> {
  const read = await readPieces(format, files, media);
  const kept = JSON.parse(JSON.stringify(read.pieces)) as Piece[];
  const pieces = kept.map(({ position, items, ...piece }): ExportPiece => ({
    ...piece,
    items: items.map((item, i) => ({ ...item, imported: true, item: { id: `${position}-${i}`, ...item.item } }) as typeof item),
    from: { import: importId, position },
  }));
  const fileRest = read.fileRest === undefined ? undefined : (JSON.parse(JSON.stringify(read.fileRest)) as unknown);
  return { ...read, ...(await writePieces(format, edit(pieces), [{ id: importId, rest: fileRest }])) };
}

/** Writes pieces; those without `from` come from the annotator. */
export async function writePieces(
  format: Format,
  pieces: readonly ExportPiece[],
  imports: WriteContext['imports'] = [],
): Promise<Pick<Passed, 'files' | 'lost'>> {
  const files = new Map<string, string>();
  const lost: Record<string, number> = {};
  const output = {
    file: async (name = '') => {
      files.set(name, '');
      return { write: async (text: string) => void files.set(name, (files.get(name) ?? '') + text) };
    },
  };
  const context = { imports, lost: (what: string, count = 1) => void (lost[what] = (lost[what] ?? 0) + count) };
  await format.write(each(pieces), output, context);
  return { files, lost };
}

async function* each<Item>(items: readonly Item[]): AsyncIterable<Item> {
  yield* items;
}

async function* sources(files: Record<string, string | Buffer>): AsyncIterable<SourceFile> {
  for (const [name, text] of Object.entries(files)) {
    yield { path: `/import/${name}`, name, open: () => chunks(Buffer.from(text)) };
  }
}

/** Chunks of 7 bytes cut letters, numbers and escapes in two. */
async function* chunks(bytes: Buffer): AsyncIterable<Buffer> {
  for (let i = 0; i < bytes.length; i += 7) {
    yield bytes.subarray(i, i + 7);
  }
}
