import { phrase, type Phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject } from '../json/json.js';
import { EntryMismatch } from './formatError.js';

/** An object, or an EntryMismatch that says what was expected. @param what e.g. `each item` */
export function objectOf(value: Json | undefined, what: string | Phrase): JsonObject {
  if (!isJsonObject(value)) {
    throw new EntryMismatch(phrase`${what} to be an object`);
  }
  return value;
}

export function listOf(value: Json | undefined, what: string | Phrase): Json[] {
  if (!Array.isArray(value)) {
    throw new EntryMismatch(phrase`${what} to be a list`);
  }
  return value;
}

export function textOf(value: Json | undefined, what: string | Phrase): string {
  if (typeof value !== 'string') {
    throw new EntryMismatch(phrase`${what} to be a text`);
  }
  return value;
}

/** A number that can stand in a document: NaN and Infinity become 0 there, the file's own are in the delta. */
export function finiteOf(value: Json | undefined, what: string | Phrase): number {
  const found = jsonNumber(value);
  if (found === undefined) {
    throw new EntryMismatch(phrase`${what} to be a number`);
  }
  return Number.isFinite(found) ? found : 0;
}
