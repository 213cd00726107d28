import { phrase, type Phrase } from '../../protocol/index.js';
import { type Json, type JsonObject, RawNumber } from './json.js';

/** A text that is not JSON: where it stops being so. */
export class JsonSyntaxError extends Error {
  constructor(
    readonly expected: string | Phrase,
    /** In UTF-16 units. */
    readonly offset: number,
  ) {
    super(`expected ${expected} at character ${offset + 1}`);
  }
}

const deepest = 500;
const numberPattern = /-?(?:(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|Infinity)|NaN/y;
const wordPattern = /true|false|null/y;
const words = new Map<string, Json>([['true', true], ['false', false], ['null', null]]);

/**
 * Reads JSON without losing anything: order of keys (of several equal ones the last counts), huge integers, and what
 * Python writes beyond JSON (NaN, Infinity, −Infinity).
 *
 * @throws JsonSyntaxError
 */
export function parseJson(text: string): Json {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Json {
    if (depth > deepest) {
      throw this.expected(phrase`at most ${deepest} levels`);
    }
    switch (this.next()) {
      case 0x7b:
        return this.object(depth);
      case 0x5b:
        return this.array(depth);
      case 0x22:
        return this.string();
      case 0x74:
      case 0x66:
      case 0x6e:
        return words.get(this.match(wordPattern, phrase`a value`)) ?? null;
      default:
        return toNumber(this.match(numberPattern, phrase`a value`));
    }
  }

  end(): void {
    if (!Number.isNaN(this.next())) {
      throw this.expected(phrase`nothing more`);
    }
  }

  private object(depth: number): JsonObject {
    const result: JsonObject = new Map();
    this.at++;
    if (this.next() === 0x7d) {
      this.at++;
      return result;
    }
    for (;;) {
      if (this.next() !== 0x22) {
        throw this.expected(phrase`a key in double quotes`);
      }
      const key = this.string();
      this.take(0x3a, '":"');
      result.set(key, this.value(depth + 1));
      if (this.next() === 0x7d) {
        this.at++;
        return result;
      }
      this.take(0x2c, '"," or "}"');
    }
  }

  private array(depth: number): Json[] {
    const result: Json[] = [];
    this.at++;
    if (this.next() === 0x5d) {
      this.at++;
      return result;
    }
    for (;;) {
      result.push(this.value(depth + 1));
      if (this.next() === 0x5d) {
        this.at++;
        return result;
      }
      this.take(0x2c, '"," or "]"');
    }
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    let plain = true;
    for (let i = start; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0x22) {
        this.at = i + 1;
        return plain ? text.slice(start, i) : this.unescaped(start, i);
      }
      if (code === 0x5c) {
        plain = false;
        i++;
      }
    }
    throw this.expected(phrase`the end of a text in double quotes`);
  }

  private unescaped(start: number, end: number): string {
    // Line breaks and tabs inside a text are against the rules, but do occur.
    const raw = this.text.slice(start, end).replace(/[\0-\x1f]/g, (found) => `\\u00${found.charCodeAt(0).toString(16).padStart(2, '0')}`);
    try {
      return JSON.parse(`"${raw}"`) as string;
    } catch {
      throw new JsonSyntaxError(phrase`a text with valid escapes`, start);
    }
  }

  private match(pattern: RegExp, what: string | Phrase): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) {
      throw this.expected(what);
    }
    this.at += found.length;
    return found;
  }

  private take(code: number, what: string | Phrase): void {
    if (this.next() !== code) {
      throw this.expected(what);
    }
    this.at++;
  }

  /** Code of the next character that is not white space; NaN at the end. */
  private next(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) {
        return code;
      }
      this.at++;
    }
  }

  private expected(what: string | Phrase): JsonSyntaxError {
    return new JsonSyntaxError(what, this.at);
  }
}

function toNumber(text: string): number | RawNumber {
  const value = Number(text);
  const exact = /[.eE]/.test(text) ? Number.isFinite(value) : Number.isSafeInteger(value);
  return exact && !Object.is(value, -0) ? value : new RawNumber(text);
}
