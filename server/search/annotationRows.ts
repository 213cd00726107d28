import { documentAt } from '../dataset/index/readDocument.js';
import { type AnnotatedSpan, type AnnotationDocument, type AnnotationList, statusOf } from '../protocol/index.js';
import { type SearchRow, wholeClip } from './clipEntry.js';

/** A person's own words, where no name is given. */
const unnamed = 'annotations';

/** What a document tells of its clip; nothing of a file that cannot be read. What somebody has rejected is not found. */
export function annotationRows(documentPath: string): SearchRow[] {
  const document = documentAt(documentPath);
  return document ? rowsOf(document, documentPath) : [];
}

function rowsOf(document: AnnotationDocument, path: string): SearchRow[] {
  const { description, tags = [], segments, questions, conversations } = document;
  const rows: SearchRow[] = [];
  const add = (texts: readonly (string | undefined)[], span: AnnotatedSpan | undefined, source: string | undefined, list?: AnnotationList, itemId?: string): void => {
    const text = texts.filter((each) => each !== undefined && each !== '').join(' · ');
    if (text !== '') {
      const where = span && span.end >= span.start && span.start >= 0 ? { startSeconds: span.start, endSeconds: span.end } : wholeClip;
      rows.push({ kind: 'annotations', text, source: source ?? unnamed, ...where, document: { path, ...(list ? { list } : {}), ...(itemId === undefined ? {} : { itemId }) } });
    }
  };
  add([description, tags.join(', ')], undefined, document.descriptionProvenance?.author);
  for (const segment of segments.filter(isKept)) {
    const attributes = Object.entries(segment.attributes ?? {}).map(([name, value]) => (typeof value === 'string' ? value : value === true ? name : undefined));
    add([segment.label, segment.caption, ...attributes], segment, segment.provenance?.author, 'segments', segment.id);
  }
  for (const { id, question, answer, options, span, provenance } of questions.filter(isKept)) {
    add([question, answer, ...(answer === undefined ? (options ?? []) : [])], span, provenance?.author, 'questions', id);
  }
  for (const { id, turns, provenance } of conversations.filter(isKept)) {
    turns.filter(({ role }) => role !== 'system').forEach(({ text, span }) => add([text], span, provenance?.author, 'conversations', id));
  }
  return rows;
}

function isKept(item: Parameters<typeof statusOf>[0]): boolean {
  return statusOf(item) !== 'rejected';
}
