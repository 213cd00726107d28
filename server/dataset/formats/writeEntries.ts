import { keyRanks } from '../json/keyOrder.js';
import type { KeyRanks } from '../json/delta.js';
import type { Json } from '../json/json.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import type { EntryLayout } from './entryCodec.js';
import type { EntryFormat, FileRest } from './entryFormat.js';
import { applyRest, hintOf } from './entryRest.js';
import type { ExportPiece, FormatOutput, PieceItem, WriteContext } from './format.js';

/** Writes pieces as one file, in the layout of the first import. */
export async function writeEntries(
  format: EntryFormat,
  pieces: AsyncIterable<ExportPiece>,
  output: FormatOutput,
  context: WriteContext,
): Promise<void> {
  const rests = new Map(context.imports.map(({ id, rest }) => [id, (rest ?? {}) as FileRest]));
  const [main = {}] = rests.values();
  const layout = format.layouts.find(({ name }) => name === main.layout) ?? format.layouts[0];
  const ranks = new Map([...rests].map(([id, { order }]) => [id, ranksOf(layout, order)]));
  const usual = ranksOf(layout, main.order);
  let position = 0;
  const entries = async function* (): AsyncIterable<Json> {
    for await (const piece of pieces) {
      throwIfCancelled(context.token);
      const rest = piece.from && rests.get(piece.from.import);
      // Another layout's delta means nothing here.
      const faithful = rest !== undefined && (rest.layout ?? format.layouts[0].name) === layout.name;
      for (const entry of await entriesOf(layout, piece, faithful, (piece.from && ranks.get(piece.from.import)) ?? usual, position, (rest ?? main).frame, context)) {
        position++;
        yield entry;
      }
    }
  };
  await format.container.write(entries(), await output.file(), main.frame);
}

function ranksOf({ order }: EntryLayout, own: readonly string[] = []): KeyRanks {
  return keyRanks([...own, ...order]);
}

async function entriesOf(layout: EntryLayout, piece: ExportPiece, faithful: boolean, ranks: KeyRanks, position: number, frame: unknown, context: WriteContext): Promise<Json[]> {
  const { codec } = layout;
  const { clip, items, whole } = piece;
  const media = piece.from ? undefined : piece.media;
  const restOf = (owner: { rest?: unknown } | undefined): unknown => (faithful ? owner?.rest : undefined);
  if (piece.from && !faithful && (whole?.rest !== undefined || items.some(({ rest }) => rest !== undefined))) {
    context.lost('further fields of entries in another layout');
  }
  const parts = { clip, frame, position: piece.from?.position ?? position, media, clock: async () => context.clockOf?.(piece), lost: (what: string) => context.lost(what) };
  const written = (entry: Json | undefined, rest: unknown): Json[] => {
    const made = applyRest(entry, rest, ranks);
    return made === undefined ? [] : [made];
  };
  if (codec.unit === 'clip') {
    const elements = items.flatMap((item) => written(counted(codec.writeElement(item, !(faithful && item.imported), parts.lost), item, context), restOf(item)));
    const rest = restOf(whole);
    const { description, tags } = whole ?? {};
    const entry = await codec.write({ ...parts, elements, description, tags, hint: hintOf(rest) });
    return written(entry, rest);
  }
  const made = items.flatMap((item) => {
    const rest = restOf(item);
    // What was imported has its own id, or none.
    const newId = faithful ? undefined : item.item.id;
    if (rest === undefined && !piece.from && codec.writeNew) {
      const entries = codec.writeNew({ ...parts, newId, item });
      counted(entries[0], item, context);
      return entries.flatMap((entry) => written(entry, undefined));
    }
    return written(counted(codec.write({ ...parts, newId, item, hint: hintOf(rest) }), item, context), rest);
  });
  if (!faithful && whole?.description !== undefined) {
    context.lost('descriptions');
  }
  // What was not understood is kept by the document alone.
  return whole ? [...written(undefined, restOf(whole)), ...made] : made;
}

function counted(entry: Json | undefined, { list }: PieceItem, context: WriteContext): Json | undefined {
  if (entry === undefined) {
    context.lost(`${list} that this format cannot say`);
  }
  return entry;
}
