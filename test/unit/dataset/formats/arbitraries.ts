import fc from 'fast-check';
import { type Json, type JsonObject, RawNumber } from '../../../../server/dataset/json/json.js';

const key = fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('10', '2', '__proto__', '$number', '$members', 'is', 'was', 'add', 'hint', 'order'));
const oddNumber = fc.constantFrom('NaN', 'Infinity', '-Infinity', '-0.0', '123456789012345678901234567890', '1e999').map((text) => new RawNumber(text));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
export const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', ' a', 'b\n', '\uFEFF', '"\\', '\u2028', '\ud800', '视频'));
const scalar: fc.Arbitrary<Json> = fc.oneof(fc.constant(null), fc.boolean(), number, oddNumber, text);

/** Any JSON, Python's additions and awkward keys among it. */
export const { json } = fc.letrec<{ json: Json; object: JsonObject; list: Json[] }>((tie) => ({
  json: fc.oneof({ maxDepth: 2 }, scalar, tie('object'), tie('list')),
  object: fc.uniqueArray(fc.tuple(key, tie('json')), { maxLength: 3, selector: ([name]) => name }).map((members) => new Map(members)),
  list: fc.array(tie('json'), { maxLength: 3 }),
}));

/** An object with these members, some of them, and others, in any order. */
export function entry(members: Record<string, fc.Arbitrary<Json>>, optional: Record<string, fc.Arbitrary<Json>> = {}): fc.Arbitrary<JsonObject> {
  const parts = [
    ...Object.entries(members).map(([name, value]) => value.map((each): [string, Json][] => [[name, each]])),
    ...Object.entries(optional).map(([name, value]) => fc.option(value).map((each): [string, Json][] => (each === null ? [] : [[name, each]]))),
    fc.oneof({ weight: 3, arbitrary: fc.constant<[string, Json][]>([]) }, { weight: 1, arbitrary: fc.tuple(key, json).map((extra) => [extra]) }),
  ];
  return fc
    .tuple(fc.tuple(...parts), fc.boolean(), fc.infiniteStream(fc.nat()))
    .map(([lists, shuffle, order]) => {
      const flat = lists.flat();
      return new Map(shuffle ? flat.map((each) => ({ each, rank: order.next().value as number })).sort((a, b) => a.rank - b.rank).map(({ each }) => each) : flat);
    });
}

export const path = fc.oneof(fc.constantFrom('a.mp4', 'b/c.webm', 'p.jpg', '../x.mp4', '/abs/y.mp4', 'no-ending', 'C:\\w.mp4', ''), text);
export const seconds = fc.oneof(fc.integer({ min: 0, max: 100 }), number, oddNumber) as fc.Arbitrary<Json>;
export const list = (each: fc.Arbitrary<Json>): fc.Arbitrary<Json> => fc.array(each, { maxLength: 4 });
