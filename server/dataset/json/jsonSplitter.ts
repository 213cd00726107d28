import { phrase, type Phrase } from '../../protocol/index.js';
/** How elements hang together: `values` are JSON Lines, or values one after the other. */
export type JsonShape = 'array' | 'members' | 'values';

export interface JsonElement {
  /** Text of the value. */
  text: string;
  /** Its key where the elements are members. */
  key?: string;
  /** In the member that the splitter was told to look into. */
  inside: boolean;
  /** 1 for the first. */
  line: number;
}

/** A file that falls apart. */
export class JsonSplitError extends Error {
  constructor(
    readonly expected: string | Phrase,
    readonly line: number,
  ) {
    super(`expected ${expected} in line ${line}`);
  }
}

interface Level {
  object: boolean;
  inside: boolean;
}
type State = 'start' | 'beforeKey' | 'key' | 'colon' | 'beforeValue' | 'value' | 'after' | 'end';

/** More than a document holds. */
const longestElement = 64 * 1024 * 1024;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Cuts a stream of bytes into the elements of its outermost list, object or lines, so that a file of any size is read
 * in the memory of its largest element. What an element holds is not looked at: parsers of streams stumble over what
 * Python writes, and round large numbers.
 */
export class JsonSplitter {
  /** Known with the first element. */
  shape: JsonShape | undefined;
  /** Whether the elements inside are members of an object. */
  insideShape: 'array' | 'members' | undefined;
  private readonly levels: Level[] = [];
  private state: State = 'start';
  private parts: Buffer[] = [];
  private held = 0;
  private depth = 0;
  private inText = false;
  private escaped = false;
  private line = 1;
  private startLine = 1;
  private key: string | undefined;
  private bomBytes = 0;
  private found: JsonElement | undefined;
  private inside: string | undefined;

  constructor(private readonly options: { object: 'members' | 'values'; inside?: string }) {
    this.inside = options.inside;
  }

  /** From here on, the member to look into is one like the others. */
  stopLooking(): void {
    this.inside = undefined;
  }

  /** The elements that this chunk completes, one by one. @throws JsonSplitError */
  *push(chunk: Buffer): Iterable<JsonElement> {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (byte === 0x0a) {
        this.line++;
      }
      if (this.state === 'value' || this.state === 'key') {
        const end = this.within(byte);
        if (end !== undefined) {
          this.keep(chunk.subarray(from, i + end));
          this.complete();
          // The byte behind a bare value belongs to what follows.
          i -= end === 0 ? 1 : 0;
          this.line -= end === 0 && byte === 0x0a ? 1 : 0;
          if (this.found) {
            yield this.found;
            this.found = undefined;
          }
        }
      } else if (!isSpace(byte) && !this.isBom(byte)) {
        this.between(byte);
        from = i;
      }
    }
    if (this.state === 'value' || this.state === 'key') {
      this.keep(chunk.subarray(from));
    }
  }

  /** What the end of the file completes. @throws JsonSplitError where it ends too early */
  end(): JsonElement[] {
    if (this.state === 'value' && this.levels.length === 0 && this.depth === 0 && !this.inText) {
      this.complete();
    }
    const whole = this.state === 'end' || (this.shape === 'values' && this.state === 'beforeValue');
    if (!whole) {
      throw this.expected(this.state === 'start' ? phrase`a list or an object` : phrase`more: the file ends in the middle`);
    }
    return this.found ? [this.found] : [];
  }

  /** A byte of a value or key; gives how many of its bytes end it, if it does. */
  private within(byte: number): 0 | 1 | undefined {
    if (this.inText) {
      if (this.escaped) {
        this.escaped = false;
      } else if (byte === 0x5c) {
        this.escaped = true;
      } else if (byte === 0x22) {
        this.inText = false;
        return this.depth === 0 ? 1 : undefined;
      }
      return undefined;
    }
    switch (byte) {
      case 0x22:
        this.inText = true;
        return undefined;
      case 0x7b:
      case 0x5b:
        this.depth++;
        return undefined;
      case 0x7d:
      case 0x5d:
        if (this.depth === 0) {
          return 0;
        }
        this.depth--;
        return this.depth === 0 ? 1 : undefined;
      default:
        return this.depth === 0 && (byte === 0x2c || isSpace(byte)) ? 0 : undefined;
    }
  }

  private between(byte: number): void {
    switch (this.state) {
      case 'start':
        this.begin(byte);
        return;
      case 'beforeKey':
        if (byte === 0x7d) {
          this.close();
        } else if (byte === 0x22) {
          this.open('key', byte);
        } else {
          throw this.expected(phrase`a key in double quotes`);
        }
        return;
      case 'colon':
        if (byte !== 0x3a) {
          throw this.expected('":"');
        }
        this.state = 'beforeValue';
        return;
      case 'beforeValue':
        this.value(byte);
        return;
      case 'after':
        this.after(byte);
        return;
      default:
        throw this.expected(phrase`nothing more`);
    }
  }

  private begin(byte: number): void {
    if (byte === 0x5b) {
      this.shape = 'array';
      this.enter(byte, false);
    } else if (byte === 0x7b && this.options.object === 'members') {
      this.shape = 'members';
      this.enter(byte, false);
    } else if (byte === 0x7b) {
      this.shape = 'values';
      this.open('value', byte);
    } else {
      throw this.expected(phrase`a list or an object`);
    }
  }

  private value(byte: number): void {
    const level = this.levels.at(-1);
    if (byte === 0x5d && level && !level.object) {
      this.close();
    } else if (byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x3a) {
      throw this.expected(phrase`a value`);
    } else if (this.levels.length === 1 && level?.object && this.inside !== undefined && this.key === this.inside && (byte === 0x7b || byte === 0x5b)) {
      this.insideShape = byte === 0x7b ? 'members' : 'array';
      this.enter(byte, true);
    } else {
      this.open('value', byte);
    }
  }

  private after(byte: number): void {
    const level = this.levels.at(-1);
    if (byte === 0x2c) {
      this.state = level?.object ? 'beforeKey' : 'beforeValue';
    } else if (byte === (level?.object ? 0x7d : 0x5d)) {
      this.close();
    } else {
      throw this.expected(level?.object ? '"," or "}"' : '"," or "]"');
    }
  }

  private enter(byte: number, inside: boolean): void {
    const object = byte === 0x7b;
    this.levels.push({ object, inside });
    this.state = object ? 'beforeKey' : 'beforeValue';
    this.key = undefined;
  }

  private close(): void {
    this.levels.pop();
    this.state = this.levels.length > 0 ? 'after' : 'end';
  }

  private open(state: 'value' | 'key', byte: number): void {
    this.state = state;
    this.startLine = this.line;
    this.inText = byte === 0x22;
    this.escaped = false;
    this.depth = byte === 0x7b || byte === 0x5b ? 1 : 0;
  }

  private complete(): void {
    const text = decode(this.parts, this.startLine);
    this.parts = [];
    this.held = 0;
    if (this.state === 'key') {
      this.key = keyOf(text, this.startLine);
      this.state = 'colon';
      return;
    }
    const level = this.levels.at(-1);
    const key = level?.object ? this.key : undefined;
    this.found = { text, line: this.startLine, inside: level?.inside ?? false, ...(key === undefined ? {} : { key }) };
    this.state = level ? 'after' : 'beforeValue';
  }

  private keep(part: Buffer): void {
    this.held += part.length;
    if (this.held > longestElement) {
      throw this.expected(phrase`an element of less than ${longestElement / 1024 / 1024} MB`);
    }
    this.parts.push(part);
  }

  private isBom(byte: number): boolean {
    const bom = this.state === 'start' && byte === [0xef, 0xbb, 0xbf][this.bomBytes];
    this.bomBytes += bom ? 1 : 0;
    return bom;
  }

  private expected(what: string | Phrase): JsonSplitError {
    return new JsonSplitError(what, this.line);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(parts: readonly Buffer[], line: number): string {
  try {
    return utf8.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
  } catch {
    throw new JsonSplitError(phrase`text in UTF-8`, line);
  }
}

function keyOf(text: string, line: number): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new JsonSplitError(phrase`a key in double quotes`, line);
  }
}
