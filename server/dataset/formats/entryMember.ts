import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject } from '../json/json.js';
import { EntryMismatch } from './formatError.js';

/** An entry that is a member of an object. */
export function memberOf(entry: Json): { key: string; value: Json } {
  if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') {
    throw new EntryMismatch(phrase`an object with a member for each clip`);
  }
  return { key: entry[0], value: entry[1] ?? null };
}

/** Whether an entry is a member whose value is like this. */
export function isMember(test: (value: Json) => boolean): (entry: Json) => boolean {
  return (entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === 'string' && test(entry[1] ?? null);
}

/** Whether a value is an object with one of these keys. */
export function hasAny(...keys: string[]): (value: Json) => value is JsonObject {
  return (value): value is JsonObject => isJsonObject(value) && keys.some((key) => value.has(key));
}
