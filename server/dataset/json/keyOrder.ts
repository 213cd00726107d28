import { isJsonObject, type Json, type JsonObject } from './json.js';

/** Members by the rank of their keys; those without a rank follow in their own order. */
export function inKeyOrder(object: JsonObject, ranks: ReadonlyMap<string, number>): JsonObject {
  const rank = (key: string): number => ranks.get(key) ?? ranks.size;
  const keys = [...object.keys()];
  return keys.every((key, i) => i === 0 || rank(keys[i - 1] ?? key) <= rank(key))
    ? object
    : new Map([...object].sort(([a], [b]) => rank(a) - rank(b)));
}

/** Ranks of keys from their order. */
export function keyRanks(order: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...new Set(order)].map((key, i) => [key, i]));
}

const mostKeys = 100;

/** The order of all keys of an entry, outer ones first: what the other entries of its file probably follow. */
export function keysOf(value: Json, found = new Set<string>()): string[] {
  if (Array.isArray(value)) {
    value.forEach((each) => keysOf(each, found));
  } else if (isJsonObject(value)) {
    for (const key of value.keys()) {
      if (found.size < mostKeys) {
        found.add(key);
      }
    }
    for (const each of value.values()) {
      keysOf(each, found);
    }
  }
  return [...found];
}
