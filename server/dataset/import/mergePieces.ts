import type { AnnotationDocument, AnnotationList, Origin } from '../../protocol/index.js';
import type { FormatKeeps, Piece } from '../formats/format.js';
import { keepApart } from '../documentOrigin.js';

/**
 * A document with the pieces of an import behind what is there. Pieces that it has already are left as they are, so
 * that an import can be done again. The same object comes back where nothing is new.
 *
 * @param importId ends with a part of the file's hash, which the ids of items begin with
 */
export function mergePieces(
  document: AnnotationDocument,
  importId: string,
  pieces: readonly Piece[],
  keeps: Pick<FormatKeeps, 'description' | 'tags'>,
): AnnotationDocument {
  const ids = new Set([...document.segments, ...document.questions, ...document.conversations].map(({ id }) => id));
  const known = new Set((document.origin ?? []).flatMap((origin) => (origin.import === importId ? [origin.index] : [])));
  const added: Record<AnnotationList, object[]> = { segments: [], questions: [], conversations: [] };
  const fresh = pieces.filter(({ position, whole }) => !whole || !known.has(position));
  const prefix = importId.slice(importId.lastIndexOf('-') + 1);
  for (const { position, items, whole } of fresh) {
    items.forEach(({ list, item, rest }, i) => {
      const id = whole || items.length > 1 ? `${prefix}-${position}-${i}` : `${prefix}-${position}`;
      if (!ids.has(id)) {
        ids.add(id);
        added[list].push({ ...item, id, origin: originOf(importId, position, rest) });
      }
    });
  }
  const wholes = fresh.flatMap(({ position, whole }) => (whole ? [{ position, whole }] : []));
  if (wholes.length === 0 && Object.values(added).every(({ length }) => length === 0)) {
    return document;
  }
  const description = document.description ?? wholes.find(({ whole }) => whole.description !== undefined)?.whole.description;
  const tags = document.tags ?? wholes.find(({ whole }) => whole.tags !== undefined)?.whole.tags;
  // A format that knows no descriptions need not remember that it had none.
  const said = { ...(keeps.description ? { description } : {}), ...(keeps.tags ? { tags } : {}) };
  const origins = wholes.map(({ position, whole }) => originOf(importId, position, keepApart(whole, said)));
  return {
    ...document,
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    segments: [...document.segments, ...(added.segments as AnnotationDocument['segments'])],
    questions: [...document.questions, ...(added.questions as AnnotationDocument['questions'])],
    conversations: [...document.conversations, ...(added.conversations as AnnotationDocument['conversations'])],
    ...(origins.length === 0 ? {} : { origin: [...(document.origin ?? []), ...origins] }),
  };
}

function originOf(importId: string, index: number, rest: unknown): Origin {
  return { import: importId, index, ...(rest === undefined ? {} : { rest }) };
}
