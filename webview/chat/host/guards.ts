/** Says whether a value that came from outside has a shape. Unknown members are let through. */
export type Guard<T> = (value: unknown) => value is T;
type Guarded<G> = G extends Guard<infer T> ? T : never;

export const isText: Guard<string> = (value) => typeof value === 'string';
export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';
/** Finite: what JSON and arithmetic agree on. */
export const isNumber: Guard<number> = (value): value is number => typeof value === 'number' && Number.isFinite(value);
export const isCount: Guard<number> = (value): value is number => isNumber(value) && Number.isInteger(value) && value >= 0;

export function oneOf<const T extends string>(...allowed: T[]): Guard<T> {
  return (value): value is T => (allowed as unknown[]).includes(value);
}

export function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((item) => guard(item));
}

export function shape<S extends Record<string, Guard<unknown>>>(members: S): Guard<{ [K in keyof S]: Guarded<S[K]> }> {
  const entries = Object.entries(members);
  return (value): value is { [K in keyof S]: Guarded<S[K]> } =>
    typeof value === 'object' &&
    value !== null &&
    entries.every(([name, guard]) => guard((value as Record<string, unknown>)[name]));
}
