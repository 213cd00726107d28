/** A JSON value as it stands in other people's files: objects keep any keys in their order, numbers keep what a double cannot hold. */
export type Json = null | boolean | number | string | RawNumber | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

/** A number that JavaScript's cannot hold, as it is written: huge integers, −0, Python's NaN and Infinity. */
export class RawNumber {
  constructor(readonly text: string) {}

  /** The nearest number; NaN where there is none. */
  get value(): number {
    return Number(this.text);
  }
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The number of a value, be it written oddly; undefined for everything else. */
export function jsonNumber(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : value instanceof RawNumber ? value.value : undefined;
}

/** Makes an object; members that are undefined are left out. */
export function jsonObject(members: Record<string, Json | undefined>): JsonObject {
  const result: JsonObject = new Map();
  for (const [key, value] of Object.entries(members)) {
    if (value !== undefined) {
      result.set(key, value);
    }
  }
  return result;
}

/** Same values, same keys in the same order. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) {
    return true;
  }
  if (a instanceof RawNumber || b instanceof RawNumber) {
    return a instanceof RawNumber && b instanceof RawNumber && a.text === b.text;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, i) => sameJson(each, b[i] as Json));
  }
  if (!isJsonObject(a) || !isJsonObject(b) || a.size !== b.size) {
    return false;
  }
  const others = b.entries();
  for (const [key, value] of a) {
    const [otherKey, other] = others.next().value as [string, Json];
    if (key !== otherKey || !sameJson(value, other)) {
      return false;
    }
  }
  return true;
}
