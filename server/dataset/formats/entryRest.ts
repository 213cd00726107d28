import { applyDelta, type Delta, diffJson, type KeyRanks } from '../json/delta.js';
import { isJsonObject, type Json, type JsonObject } from '../json/json.js';
import { fromPlain, toPlain } from '../json/plainJson.js';

const hintKey = 'hint';

/** What an item or document remembers of its entry; undefined if that can be rebuilt without. Plain JSON. */
export function makeRest(rebuilt: Json | undefined, wanted: Json, ranks: KeyRanks, hint?: Json): unknown {
  const delta = diffJson(rebuilt, wanted, ranks);
  if (hint === undefined) {
    return delta && toPlain(delta);
  }
  return toPlain(new Map([[hintKey, hint], ...(delta ?? [])]));
}

/** The hint of {@link makeRest}. */
export function hintOf(rest: unknown): Json | undefined {
  return restOf(rest)?.get(hintKey);
}

/** The entry that {@link makeRest} was given, with what was edited since. */
export function applyRest(rebuilt: Json | undefined, rest: unknown, ranks: KeyRanks): Json | undefined {
  return applyDelta(rebuilt, restOf(rest), ranks);
}

/** Whether keys stand in an unusual order somewhere. */
export function hasOrder(rest: unknown): boolean {
  const look = (delta: Delta | undefined): boolean => {
    const within = delta?.get('in');
    return delta?.has('order') === true || (isJsonObject(within) && [...within.values()].some((each) => isJsonObject(each) && look(each)));
  };
  return look(restOf(rest));
}

function restOf(rest: unknown): JsonObject | undefined {
  const found = rest === undefined ? undefined : fromPlain(rest);
  return isJsonObject(found) ? found : undefined;
}
