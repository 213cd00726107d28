import { type AnnotationDocument, type AnnotationList, type AnnotationStatus, statusOf } from '../../protocol/index.js';
import { bringTogether } from '../documentOrigin.js';
import type { ExportPiece, Format, PieceItem } from '../formats/format.js';

const lists: readonly AnnotationList[] = ['segments', 'questions', 'conversations'];

export interface PieceFilter {
  format: Format;
  /** Imports of this format. */
  imports: ReadonlySet<string>;
  /** Whether items of other imports come too. */
  foreign: boolean;
  statuses: ReadonlySet<AnnotationStatus | 'own'>;
  lost(what: string, count?: number): void;
}

type Imported = ExportPiece & { from: NonNullable<ExportPiece['from']> };

/** What a document has to say in a format: the pieces of its imports, then what is new. */
export function documentPieces(document: AnnotationDocument, clip: string | undefined, filter: PieceFilter): ExportPiece[] {
  const { format, imports, statuses, foreign, lost } = filter;
  const said = statuses.has(statusOf({ provenance: document.descriptionProvenance }));
  const texts = { ...(said && { description: document.description }), tags: document.tags };
  const pieces = new Map<string, Imported>();
  const filtered = new Set<string>();
  const pieceOf = (origin: { import: string; index: number }): Imported => {
    const key = `${origin.import} ${origin.index}`;
    const found = pieces.get(key) ?? { clip, items: [], from: { import: origin.import, position: origin.index } };
    pieces.set(key, found);
    return found;
  };
  for (const origin of document.origin ?? []) {
    if (imports.has(origin.import)) {
      pieceOf(origin).whole = bringTogether(origin.rest, texts);
    }
  }
  const fresh: PieceItem[] = [];
  for (const list of lists) {
    for (const item of document[list]) {
      if (!foreign && item.origin && !imports.has(item.origin.import)) {
        continue;
      }
      if (!statuses.has(statusOf(item))) {
        filtered.add(`${item.origin?.import} ${item.origin?.index}`);
        continue;
      }
      if (!format.keeps[list]) {
        lost(list);
        continue;
      }
      countLost(list, item, format, lost);
      const { origin, ...own } = item;
      const mine = origin !== undefined && imports.has(origin.import);
      const piece = { list, item: own, ...(mine && { imported: true, ...(origin.rest !== undefined && { rest: origin.rest }) }) } as PieceItem;
      (mine ? pieceOf(origin).items : fresh).push(piece);
    }
  }
  // What says nothing any more, because of the statuses, is left out; what never said anything stays.
  const imported = [...pieces].flatMap(([key, piece]) =>
    piece.items.length === 0 && piece.whole?.description === undefined && filtered.has(key) ? [] : [piece],
  );
  return [...imported, ...newPieces(imported, fresh)];

  function newPieces(old: readonly Imported[], items: PieceItem[]): ExportPiece[] {
    const whole = {
      ...(format.keeps.description && texts.description !== undefined && { description: texts.description }),
      ...(format.keeps.tags && texts.tags !== undefined && { tags: texts.tags }),
    };
    const covered = old.some((piece) => piece.whole?.description !== undefined || piece.whole?.tags !== undefined);
    const last = old.findLast((piece) => piece.whole);
    if (format.unit === 'clip' && last) {
      last.items.push(...items);
      return [];
    }
    const hasWhole = !covered && Object.keys(whole).length > 0;
    return items.length > 0 || hasWhole ? [{ clip, items, media: document.media, ...(hasWhole ? { whole } : {}) }] : [];
  }
}

/** Fields that every format has a place for, or that say nothing about the clip. */
const alwaysKept: Record<AnnotationList, readonly string[]> = {
  segments: ['id', 'start', 'end', 'origin'],
  questions: ['id', 'question', 'origin'],
  conversations: ['id', 'turns', 'origin'],
};

function countLost(list: AnnotationList, item: object, { keeps }: Format, lost: PieceFilter['lost']): void {
  const kept: readonly string[] = keeps[list] ?? [];
  for (const [field, value] of Object.entries(item)) {
    if (value !== undefined && !kept.includes(field) && !alwaysKept[list].includes(field)) {
      lost(`${list}: ${field}`);
    } else if (field === 'provenance' && keeps.provenance) {
      const fields: readonly string[] = keeps.provenance;
      Object.keys(value as object).filter((each) => !fields.includes(each)).forEach((each) => lost(`${list}: provenance.${each}`));
    }
  }
  const turns = 'turns' in item && Array.isArray(item.turns) ? (item.turns as { role: string; span?: unknown; rating?: unknown }[]) : [];
  const inTurns = { system: turns.filter(({ role }) => role === 'system'), spans: turns.filter(({ span }) => span), ratings: turns.filter(({ rating }) => rating) };
  for (const [field, found] of Object.entries(inTurns)) {
    if (found.length > 0 && !kept.includes(field)) {
      lost(`${list}: ${field}`, found.length);
    }
  }
}
