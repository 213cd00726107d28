import type { AnnotatedQuestion, AnnotatedSpan } from '../../protocol/index.js';
import { type Json, jsonNumber, type JsonObject } from '../json/json.js';
import type { PieceItem } from './format.js';

type Question = Omit<AnnotatedQuestion, 'id' | 'origin'>;

/** The question of an item, if it is one. */
export function choicesOf({ list, item }: PieceItem): Question | undefined {
  return list === 'questions' ? item : undefined;
}

/** `start` and `end` of an entry that has both as finite numbers. */
export function spanOf(entry: JsonObject): AnnotatedSpan | undefined {
  const start = jsonNumber(entry.get('start'));
  const end = jsonNumber(entry.get('end'));
  return start !== undefined && end !== undefined && Number.isFinite(start) && Number.isFinite(end) ? { start, end } : undefined;
}

export function spanMembers(span: AnnotatedSpan | undefined): Record<string, Json | undefined> {
  return span ? { start: span.start, end: span.end } : {};
}

/** Options in numbered members (`option 0`, `a0`, `optionA`), up to the last one that is a text. */
export function readOptions(entry: JsonObject, names: readonly string[]): string[] | undefined {
  const last = names.findLastIndex((name) => typeof entry.get(name) === 'string');
  const texts = names.slice(0, last + 1).map((name) => entry.get(name));
  return last < 0 ? undefined : texts.map((text) => (typeof text === 'string' ? text : ''));
}

/** The way back; options beyond the last name are left out. */
export function optionMembers(options: readonly string[] | undefined, names: readonly string[]): Record<string, Json | undefined> {
  return Object.fromEntries((options ?? []).slice(0, names.length).map((text, i) => [names[i] ?? '', text]));
}

/** A position among options; what is none, e.g. −1 for unknown, is left to the delta. */
export function correctOf(value: Json | undefined, options: readonly string[] | undefined): { correct?: number } {
  const found = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : jsonNumber(value);
  return found !== undefined && Number.isInteger(found) && found >= 0 && found < (options?.length ?? 100) ? { correct: found } : {};
}
