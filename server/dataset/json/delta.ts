import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, jsonObject, sameJson } from './json.js';
import { inKeyOrder, keyRanks } from './keyOrder.js';
import { writeJson } from './writeJson.js';

/**
 * What turns a value that can be rebuilt into the one that stood in a file, itself as JSON:
 * `is`: the value itself, if the rebuilt one is still `was` (where long: its hash; left out: there was none);
 * `in`: deltas of members; `add`: members that cannot be rebuilt; `drop`: members to leave out while they are as given;
 * `order`: of the keys.
 * Whatever was edited since wins over the delta.
 */
export type Delta = JsonObject;
export type KeyRanks = ReadonlyMap<string, number>;

const longestWas = 64;
const empty: JsonObject = new Map();

/** @param rebuilt undefined: nothing can be rebuilt */
export function diffJson(rebuilt: Json | undefined, wanted: Json, ranks: KeyRanks): Delta | undefined {
  if (rebuilt === undefined) {
    return jsonObject({ is: wanted });
  }
  if (isJsonObject(rebuilt) && isJsonObject(wanted)) {
    return diffObjects(rebuilt, wanted, ranks);
  }
  if (Array.isArray(rebuilt) && Array.isArray(wanted) && rebuilt.length === wanted.length) {
    const within: JsonObject = new Map();
    wanted.forEach((each, i) => setDefined(within, String(i), diffJson(rebuilt[i], each, ranks)));
    return within.size > 0 ? jsonObject({ in: within }) : undefined;
  }
  return sameJson(rebuilt, wanted) ? undefined : jsonObject({ is: wanted, was: fingerprint(rebuilt) });
}

function diffObjects(rebuilt: JsonObject, wanted: JsonObject, ranks: KeyRanks): Delta | undefined {
  const within: JsonObject = new Map();
  const add: JsonObject = new Map();
  for (const [key, value] of wanted) {
    const before = rebuilt.get(key);
    if (before === undefined) {
      add.set(key, value);
    } else {
      setDefined(within, key, diffJson(before, value, ranks));
    }
  }
  const drop: JsonObject = new Map();
  for (const [key, value] of rebuilt) {
    if (!wanted.has(key)) {
      drop.set(key, fingerprint(value));
    }
  }
  const some = (members: JsonObject): JsonObject | undefined => (members.size > 0 ? members : undefined);
  const delta = jsonObject({ in: some(within), add: some(add), drop: some(drop) });
  const keys = [...wanted.keys()];
  const usual = [...inKeyOrder(memberwise(rebuilt, add, drop), ranks).keys()];
  if (usual.some((key, i) => key !== keys[i])) {
    delta.set('order', keys);
  }
  return delta.size > 0 ? delta : undefined;
}

/** The value in the file; see {@link Delta}. Objects come in the order of `ranks`, with or without a delta. */
export function applyDelta(value: Json | undefined, delta: Delta | undefined, ranks: KeyRanks): Json | undefined {
  const is = delta?.get('is');
  if (is !== undefined) {
    const was = delta?.get('was');
    const unchanged = value === undefined ? was === undefined : was !== undefined && sameJson(was, fingerprint(value));
    return unchanged || value === undefined ? is : applyDelta(value, undefined, ranks);
  }
  const within = memberOf(delta, 'in');
  if (Array.isArray(value)) {
    // Where elements were taken away, nobody knows which of the others is which.
    const highest = Math.max(-1, ...[...(within?.keys() ?? [])].map(Number));
    const fits = highest < value.length;
    return value.map((each, i) => applyDelta(each, fits ? memberOf(within, String(i)) : undefined, ranks) ?? null);
  }
  const add = memberOf(delta, 'add');
  if (!isJsonObject(value) && !(value === undefined && add)) {
    return value;
  }
  const merged = memberwise(value ?? empty, add ?? empty, memberOf(delta, 'drop') ?? empty);
  for (const [key, each] of merged) {
    merged.set(key, add?.get(key) === each ? each : (applyDelta(each, memberOf(within, key), ranks) ?? null));
  }
  for (const [key, each] of within ?? []) {
    const made = merged.has(key) || !isJsonObject(each) ? undefined : applyDelta(undefined, each, ranks);
    setDefined(merged, key, made);
  }
  const order = delta?.get('order');
  const result = inKeyOrder(merged, ranks);
  return Array.isArray(order) ? inKeyOrder(result, keyRanks(order.filter((key) => typeof key === 'string'))) : result;
}

function memberwise(base: JsonObject, add: JsonObject, drop: JsonObject): JsonObject {
  const result: JsonObject = new Map();
  for (const [key, value] of base) {
    const dropped = drop.get(key);
    if (dropped === undefined || !sameJson(dropped, fingerprint(value))) {
      result.set(key, value);
    }
  }
  for (const [key, value] of add) {
    if (!result.has(key)) {
      result.set(key, value);
    }
  }
  return result;
}

function memberOf(delta: JsonObject | undefined, key: string): JsonObject | undefined {
  const found = delta?.get(key);
  return isJsonObject(found) ? found : undefined;
}

function setDefined(object: JsonObject, key: string, value: Json | undefined): void {
  if (value !== undefined) {
    object.set(key, value);
  }
}

/** A short value itself, a long one as a hash: it is only compared. */
function fingerprint(value: Json): Json {
  const text = writeJson(value);
  return text.length <= longestWas ? value : `sha256:${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
