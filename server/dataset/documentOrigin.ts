import type { PieceWhole } from './formats/format.js';

/** What a document says of its clip as a whole. */
export interface ClipTexts {
  description?: string;
  tags?: string[];
}

/** Key of a document's `rest` that holds what the piece says otherwise than the document; null: nothing. */
const elseKey = '$else';
interface Apart {
  description?: string | null;
  tags?: string[] | null;
  rest?: unknown;
}

/** `Origin.rest` of a document: the piece's own, and what of its texts the document does not say. */
export function keepApart(whole: PieceWhole, document: ClipTexts): unknown {
  const apart: Apart = {};
  if (whole.description !== document.description) {
    apart.description = whole.description ?? null;
  }
  if (JSON.stringify(whole.tags) !== JSON.stringify(document.tags)) {
    apart.tags = whole.tags ?? null;
  }
  if (Object.keys(apart).length === 0) {
    return whole.rest;
  }
  return { [elseKey]: { ...apart, ...(whole.rest === undefined ? {} : { rest: whole.rest }) } };
}

/** The way back, with the document's texts as they are now. */
export function bringTogether(rest: unknown, document: ClipTexts): PieceWhole {
  const apart = typeof rest === 'object' && rest !== null && elseKey in rest ? (rest[elseKey] as Apart) : { rest };
  const { description = document.description, tags = document.tags } = apart;
  return {
    ...(apart.rest === undefined ? {} : { rest: apart.rest }),
    ...(description === null || description === undefined ? {} : { description }),
    ...(tags === null || tags === undefined ? {} : { tags }),
  };
}
