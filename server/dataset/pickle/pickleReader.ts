import { phrase, type Phrase } from '../../protocol/index.js';
import { type Json, RawNumber } from '../json/json.js';
import { PickleBytes } from './pickleBytes.js';
import { PickleError } from './pickleError.js';

/** Member that tells a tuple from a list: `{"tuple": […]}`. */
export const tupleKey = 'tuple';

interface Entry {
  value: Json;
  /** How many values it holds in all: several places may hold the same tuple. */
  weight: number;
  kind: 'scalar' | 'tuple' | 'list' | 'mark';
}

const mark: Entry = { value: null, weight: 0, kind: 'mark' };
const heaviest = 1_000_000;
const deepestStack = 1_000_000;
const mostMemos = 20_000_000;

/**
 * Reads the list that a pickle of protocol 0 to 5 holds, element by element. It knows tuples, lists, texts, numbers,
 * truth values and None, and refuses every other operation: nothing is imported, called or built.
 */
export class PickleReader {
  private readonly bytes = new PickleBytes();
  private readonly stack: Entry[] = [];
  private readonly memo = new Map<number, Entry>();
  private top: Entry | undefined;
  private ended = false;

  /** Elements that these bytes complete. @throws PickleError */
  *push(chunk: Buffer): Iterable<Json> {
    this.bytes.add(chunk);
    for (;;) {
      if (this.ended) {
        if (this.bytes.left > 0) {
          throw this.error(phrase`nothing more`);
        }
        return;
      }
      const before = this.bytes.position;
      const found = this.step();
      if (found === 'more') {
        this.bytes.back(before);
        return;
      }
      yield* found;
      this.bytes.forget();
    }
  }

  /** @throws PickleError where the file ends in the middle */
  end(): void {
    if (!this.ended) {
      throw this.error(phrase`more: the file ends in the middle`);
    }
  }

  /** One operation; `more`: its bytes are not all there yet. */
  private step(): 'more' | readonly Json[] {
    const { bytes } = this;
    const code = bytes.uint(1);
    if (code === undefined) {
      return 'more';
    }
    const scalar = (value: Json | undefined): 'more' | [] => (value === undefined ? 'more' : this.put({ value, weight: 1, kind: 'scalar' }));
    switch (code) {
      case 0x80: // PROTO
        return this.skip(bytes.uint(1), (version) => version <= 5, phrase`a pickle of protocol 0 to 5`);
      case 0x95: // FRAME
        return this.skip(bytes.uint(8));
      case 0x28: // MARK
        return this.put(mark);
      case 0x4e: // NONE
        return scalar(null);
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        return scalar(code === 0x88);
      case 0x49: // INT
      case 0x4c: // LONG
        return scalar(this.line((text) => this.integer(text.replace(/L$/, ''))));
      case 0x4b: // BININT1
        return scalar(bytes.uint(1));
      case 0x4d: // BININT2
        return scalar(bytes.uint(2));
      case 0x4a: // BININT
        return scalar(bytes.int32());
      case 0x8a: // LONG1
      case 0x8b: // LONG4
        return scalar(bytes.long(code === 0x8a ? 1 : 4));
      case 0x46: // FLOAT
        return scalar(this.line((text) => this.float(text)));
      case 0x47: // BINFLOAT
        return scalar(asFloat(bytes.double()));
      case 0x56: // UNICODE
        return scalar(this.line((text) => rawUnicode(text)));
      case 0x8c: // SHORT_BINUNICODE
        return scalar(bytes.text(1));
      case 0x58: // BINUNICODE
        return scalar(bytes.text(4));
      case 0x8d: // BINUNICODE8
        return scalar(bytes.text(8));
      case 0x29: // EMPTY_TUPLE
        return this.put(this.tuple([]));
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.put(this.tuple(this.pop(code - 0x84)));
      case 0x74: // TUPLE
        return this.put(this.tuple(this.popMark()));
      case 0x5d: // EMPTY_LIST
        return this.list([]);
      case 0x6c: // LIST
        return this.list(this.popMark());
      case 0x61: // APPEND
        return this.append(this.pop(1));
      case 0x65: // APPENDS
        return this.append(this.popMark());
      case 0x94: // MEMOIZE
        return this.remember(this.memo.size);
      case 0x71: // BINPUT
        return this.remember(bytes.uint(1));
      case 0x72: // LONG_BINPUT
        return this.remember(bytes.uint(4));
      case 0x70: // PUT
        return this.remember(this.line((text) => this.index(text)));
      case 0x68: // BINGET
        return this.recall(bytes.uint(1));
      case 0x6a: // LONG_BINGET
        return this.recall(bytes.uint(4));
      case 0x67: // GET
        return this.recall(this.line((text) => this.index(text)));
      case 0x2e: // STOP
        return this.stop();
      default:
        throw this.error(phrase`plain data: lists, tuples, texts and numbers`);
    }
  }

  private put(entry: Entry): [] {
    if (this.stack.length >= deepestStack) {
      throw this.error(phrase`less at once`);
    }
    this.stack.push(entry);
    return [];
  }

  private skip(value: number | undefined, test: (value: number) => boolean = () => true, expected = phrase`a number`): 'more' | [] {
    if (value !== undefined && !test(value)) {
      throw this.error(expected);
    }
    return value === undefined ? 'more' : [];
  }

  private line<Value>(read: (text: string) => Value): Value | undefined {
    const text = this.bytes.line();
    return text === undefined ? undefined : read(text);
  }

  private integer(text: string): Json {
    if (text === '00' || text === '01') {
      return text === '01';
    }
    if (!/^-?\d{1,400}$/.test(text)) {
      throw this.error(phrase`a number`);
    }
    const value = Number(text);
    return Number.isSafeInteger(value) ? value + 0 : new RawNumber(String(BigInt(text)));
  }

  private index(text: string): number {
    if (!/^\d{1,10}$/.test(text)) {
      throw this.error(phrase`a number`);
    }
    return Number(text);
  }

  private float(text: string): Json {
    const value = /^-?(?:inf|nan)$/i.test(text) ? (/nan/i.test(text) ? NaN : text.startsWith('-') ? -Infinity : Infinity) : Number(text);
    if (text.trim() === '' || (Number.isNaN(value) && !/nan/i.test(text))) {
      throw this.error(phrase`a number`);
    }
    return asFloat(value) ?? 0;
  }

  private tuple(entries: readonly Entry[]): Entry {
    return { value: new Map<string, Json>([[tupleKey, entries.map(({ value }) => value)]]), weight: this.weigh(1, entries), kind: 'tuple' };
  }

  /** The first list is the one whose elements are wanted; it never holds them. */
  private list(entries: readonly Entry[]): readonly Json[] {
    const isTop = !this.top && this.stack.length === 0;
    const entry: Entry = { value: isTop ? [] : entries.map(({ value }) => value), weight: this.weigh(1, entries), kind: 'list' };
    this.top ??= isTop ? entry : undefined;
    this.put(entry);
    return isTop ? entries.map(({ value }) => value) : [];
  }

  private append(entries: readonly Entry[]): readonly Json[] {
    const target = this.stack.at(-1);
    if (target?.kind !== 'list') {
      throw this.error(phrase`a list`);
    }
    if (target === this.top) {
      this.weigh(1, entries);
      return entries.map(({ value }) => value);
    }
    target.weight = this.weigh(target.weight, entries);
    for (const { value } of entries) {
      (target.value as Json[]).push(value);
    }
    return [];
  }

  private weigh(base: number, entries: readonly Entry[]): number {
    const weight = entries.reduce((sum, entry) => sum + entry.weight, base);
    if (weight > heaviest && this.stack.length > 0) {
      throw this.error(phrase`less at once`);
    }
    return weight;
  }

  private pop(count: number): Entry[] {
    const entries = this.stack.splice(Math.max(0, this.stack.length - count), count);
    if (entries.length < count || entries.some(({ kind }) => kind === 'mark')) {
      throw this.error(phrase`a value`);
    }
    return entries;
  }

  private popMark(): Entry[] {
    const at = this.stack.lastIndexOf(mark);
    if (at < 0) {
      throw this.error(phrase`a value`);
    }
    return this.stack.splice(at).slice(1);
  }

  private remember(index: number | undefined): 'more' | [] {
    const entry = this.stack.at(-1);
    if (index === undefined) {
      return 'more';
    }
    if (!entry || entry.kind === 'mark' || this.memo.size > mostMemos) {
      throw this.error(phrase`less at once`);
    }
    this.memo.set(index, entry);
    return [];
  }

  /** A list in two places could hold itself. */
  private recall(index: number | undefined): 'more' | [] {
    const entry = index === undefined ? undefined : this.memo.get(index);
    if (index === undefined) {
      return 'more';
    }
    if (!entry || entry.kind === 'list') {
      throw this.error(phrase`each list in one place`);
    }
    return this.put(entry);
  }

  private stop(): [] {
    const [entry] = this.stack;
    if (this.stack.length !== 1 || !this.top || entry !== this.top) {
      throw this.error(phrase`a list of tuples`);
    }
    this.ended = true;
    return [];
  }

  private error(expected: Phrase): PickleError {
    return new PickleError(expected, this.bytes.position);
  }
}

/** Floats keep their point: 5.0 is not 5. */
function asFloat(value: number | undefined): Json | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (!Number.isFinite(value)) {
    return new RawNumber(Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');
  }
  return Number.isInteger(value) ? floatJson(value) : value;
}

/** A number as a float, also where it is whole. */
export function floatJson(value: number): Json {
  return Number.isInteger(value) ? new RawNumber(Math.abs(value) < 1e16 ? `${Object.is(value, -0) ? '-0' : value}.0` : `${value.toExponential()}`) : value;
}

function rawUnicode(text: string): string {
  return text.replace(/\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})/g, (found, short?: string, long?: string) => {
    const code = parseInt(short ?? long ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : found;
  });
}
