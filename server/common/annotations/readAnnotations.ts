import type * as z from 'zod/mini';
import { type AnnotationDocument, annotationFormat, type AnnotationProblemCode, annotationVersion, phrase, type Phrase } from '../../protocol/index.js';
import { annotationSchema } from './annotationSchema.js';
import { JsonPlaces } from './jsonPlaces.js';

/** Longest text of a document or manifest, in UTF-16 units. */
export const longestDocument = 64 * 1024 * 1024;

/** {@link AnnotationProblem} before it is said in a language. */
export interface FoundProblem {
  code: AnnotationProblemCode;
  severity: 'error' | 'warning' | 'information';
  message: string | Phrase;
  offset: number;
  length: number;
  itemId?: string;
}

/** A text that was read: the document with all its members, or what keeps it from being one. */
export type ReadAnnotations =
  | { document: AnnotationDocument; places: JsonPlaces; problems?: undefined }
  | { document?: undefined; places: JsonPlaces; problems: FoundProblem[] };

/** At most so many problems of the layout are told: the rest follows from them as a rule. */
const mostProblems = 50;

/** Reads the text of an annotation document; never throws. Members this version does not know are kept. */
export function readAnnotations(text: string): ReadAnnotations {
  const read = readJson(text);
  if (read.problems) {
    return read;
  }
  const { value, places } = read;
  const newer = newerVersion(value, annotationFormat, annotationVersion, places);
  if (newer) {
    return { places, problems: [newer] };
  }
  const checked = annotationSchema.safeParse(value);
  if (!checked.success) {
    return { places, problems: schemaProblems(checked.error, places) };
  }
  const found = value as AnnotationDocument;
  // Lists may be left out of a file. What was parsed is kept, not what the schema made of it: members keep their order.
  return { places, document: { ...found, segments: found.segments ?? [], questions: found.questions ?? [], conversations: found.conversations ?? [] } };
}

/** JSON without comments; a byte order mark is let through. */
export function readJson(
  text: string,
): { value: unknown; places: JsonPlaces; problems?: undefined } | { value?: undefined; places: JsonPlaces; problems: FoundProblem[] } {
  const places = new JsonPlaces(text);
  if (text.length > longestDocument) {
    const message = phrase`This file is larger than ${longestDocument / 1024 / 1024} million characters. Split it.`;
    return { places, problems: [{ code: 'notJson', severity: 'error', message, offset: 0, length: 1 }] };
  }
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown, places };
  } catch (error) {
    const where = places.firstError() ?? { offset: 0, length: 1 };
    const why = error instanceof Error ? error.message : String(error);
    return { places, problems: [{ code: 'notJson', severity: 'error', message: phrase`This is not JSON: ${why}`, ...where }] };
  }
}

/** A file of a later version is not touched: what it means is not known here. */
export function newerVersion(value: unknown, format: string, version: number, places: JsonPlaces): FoundProblem | undefined {
  const file = typeof value === 'object' && value !== null ? (value as { format?: unknown; version?: unknown }) : {};
  return file.format === format && typeof file.version === 'number' && file.version > version
    ? {
        code: 'newerVersion',
        severity: 'error',
        message: phrase`This file has version ${file.version}; this VideoChat knows ${version}. Update VideoChat to open it.`,
        ...places.of(['version']),
      }
    : undefined;
}

/** What a schema found, each at the place it is about. */
export function schemaProblems(error: z.core.$ZodError, places: JsonPlaces): FoundProblem[] {
  return error.issues.slice(0, mostProblems).map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const message = phrase`${path.length === 0 ? 'document' : path.join('.')}: ${issue.message}`;
    return { code: 'schema', severity: 'error', message, ...places.of(path) };
  });
}
