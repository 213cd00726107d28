import { isJsonObject, type Json, type JsonObject, RawNumber } from './json.js';

/** Keys that stand for what plain JSON cannot say. A real key like them gets a `$` more. */
const rawKey = '$number';
const membersKey = '$members';
const special = /^\$+(?:number|members)$/;

/**
 * A value as it can stand in an annotation document: there, numbers are doubles, and objects put keys that look like
 * numbers first.
 */
export function toPlain(value: Json): unknown {
  if (Array.isArray(value)) {
    return value.map(toPlain);
  }
  if (value instanceof RawNumber) {
    return { [rawKey]: value.text };
  }
  if (!isJsonObject(value)) {
    return value;
  }
  const members = [...value].map(([key, each]): [string, unknown] => [special.test(key) ? `$${key}` : key, toPlain(each)]);
  const result = Object.fromEntries(members);
  const kept = !value.has('__proto__') && Object.keys(result).every((key, i) => key === members[i]?.[0]);
  return kept ? result : { [membersKey]: members };
}

/** The value that {@link toPlain} was given. Any other plain value is taken as it is. */
export function fromPlain(plain: unknown): Json {
  if (Array.isArray(plain)) {
    return plain.map(fromPlain);
  }
  if (typeof plain !== 'object' || plain === null) {
    return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean' ? plain : null;
  }
  const members = Object.entries(plain) as [string, unknown][];
  const [first] = members;
  if (first && members.length === 1) {
    if (first[0] === rawKey && typeof first[1] === 'string') {
      return new RawNumber(first[1]);
    }
    if (first[0] === membersKey && Array.isArray(first[1])) {
      return fromMembers(first[1] as [string, unknown][]);
    }
  }
  return fromMembers(members);
}

function fromMembers(members: [string, unknown][]): JsonObject {
  return new Map(members.map(([key, each]) => [special.test(key) ? key.slice(1) : key, fromPlain(each)]));
}
