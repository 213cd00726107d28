import { phrase } from '../../protocol/index.js';
import { type KeyRanks } from '../json/delta.js';
import { isJsonObject, type Json } from '../json/json.js';
import { keyRanks, keysOf } from '../json/keyOrder.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import type { EntryContainer, RawEntry } from './entryContainer.js';
import type { EntryAbout, EntryLayout, NamedClip } from './entryCodec.js';
import { hasOrder, makeRest } from './entryRest.js';
import { EntryMismatch, entryProblem, formatInvalid } from './formatError.js';
import type { Format, Piece, PieceItem, ReadContext } from './format.js';
import { writeEntries } from './writeEntries.js';

export interface EntryFormat extends Pick<Format, 'name' | 'extensions' | 'keeps' | 'unit'> {
  container: EntryContainer;
  /** The first is the one for what was not imported. */
  layouts: readonly [EntryLayout, ...EntryLayout[]];
}

/** What is remembered of a file; only what is unusual. */
export interface FileRest {
  layout?: string;
  /** Order of keys. */
  order?: string[];
  frame?: unknown;
}

/** So many entries that do not fit, and none that does: then it is another format. */
const patience = 1000;
const longestText = 1_000_000;
const longestName = 1000;
const names = new Set(['label', 'track', 'author', 'type']);

/** A format whose files are entries in a container. Reading compares each entry with what writing would make of it. */
export function entryFormat(parts: EntryFormat): Format {
  const { name, extensions, keeps, unit } = parts;
  return {
    name,
    extensions,
    keeps,
    unit,
    write: (pieces, output, context) => writeEntries(parts, pieces, output, context),
    async *read(files, context) {
      for await (const file of files) {
        const reader = new EntryReader(parts, context);
        for await (const raw of parts.container.read(file, (frame) => reader.setFrame(frame))) {
          throwIfCancelled(context.token);
          yield await reader.read(raw, file.path);
        }
        reader.end(file.path);
      }
    },
  };
}

class EntryReader {
  private position = 0;
  private fitting = 0;
  private firstMisfit: { line: number; mismatch: EntryMismatch } | undefined;
  private layout: EntryLayout;
  private ranks: KeyRanks | undefined;
  private readonly rest: FileRest = {};

  constructor(
    private readonly format: EntryFormat,
    private readonly context: ReadContext,
  ) {
    this.layout = format.layouts[0];
  }

  setFrame(frame: unknown): void {
    this.rest.frame = frame;
  }

  async read({ entry, line }: RawEntry, file: string): Promise<Piece> {
    const position = this.position++;
    try {
      if (this.fitting === 0) {
        this.choose(entry);
      }
      const piece = this.layout.codec.unit === 'item' ? await this.readItem(entry, position) : await this.readClip(entry, position);
      this.fitting++;
      return piece;
    } catch (error) {
      if (!(error instanceof EntryMismatch)) {
        throw error;
      }
      this.firstMisfit ??= { line, mismatch: error };
      if (position >= patience) {
        this.end(file);
      }
      this.context.skipped(position, entryProblem(position, line, error));
      return { position, clip: undefined, items: [], whole: { rest: makeRest(undefined, entry, this.keyRanks()) } };
    }
  }

  end(file: string): void {
    const { firstMisfit } = this;
    if (firstMisfit && this.fitting === 0) {
      throw formatInvalid(file, phrase`line ${firstMisfit.line}`, firstMisfit.mismatch.expected);
    }
    const rest = Object.fromEntries(Object.entries(this.rest).filter(([, value]) => value !== undefined));
    if (Object.keys(rest).length > 0) {
      this.context.setFileRest(rest);
    }
  }

  private choose(entry: Json): void {
    const { layouts } = this.format;
    this.layout = layouts.find((each) => each.fits?.(entry)) ?? layouts[0];
    this.rest.layout = this.layout === layouts[0] ? undefined : this.layout.name;
  }

  private keyRanks(): KeyRanks {
    return this.ranks ?? keyRanks(this.layout.order);
  }

  private async clipOf(clip: NamedClip | undefined, position: number): Promise<string | undefined> {
    return clip && this.context.clipOf(clip.name, clip.kind, position);
  }

  private about(position: number): EntryAbout {
    return {
      frame: this.rest.frame,
      clock: async (clip, told = {}) => this.context.clockOf?.(await this.context.clipOf(clip.name, clip.kind, position), told),
      duration: async (clip) => this.context.durationOf?.(await this.context.clipOf(clip.name, clip.kind, position)),
    };
  }

  private async readItem(entry: Json, position: number): Promise<Piece> {
    const { codec } = this.layout;
    if (codec.unit !== 'item') {
      throw new TypeError('not an item codec');
    }
    const { clip: named, item, hint } = await codec.read(entry, position, this.about(position));
    checkItem(item);
    const clip = await this.clipOf(named, position);
    const rebuilt = codec.write({ clip, item, hint, position, frame: this.rest.frame });
    return { position, clip, items: [withRest(item, this.compare(rebuilt, entry, hint))] };
  }

  private async readClip(entry: Json, position: number): Promise<Piece> {
    const { codec } = this.layout;
    if (codec.unit !== 'clip') {
      throw new TypeError('not a clip codec');
    }
    const { clip: named, elements, description, tags, hint } = await codec.read(entry, position, this.about(position));
    elements.forEach(({ item }) => checkItem(item));
    checkText(description);
    const clip = await this.clipOf(named, position);
    const items = elements.map(({ item, value }) => withRest(item, makeRest(codec.writeElement(item, false), value, this.keyRanks())));
    const rebuilt = await codec.write({ clip, elements: elements.map(({ value }) => value), description, tags, hint, position, frame: this.rest.frame });
    return { position, clip, items, whole: { rest: this.compare(rebuilt, entry, hint), description, tags } };
  }

  /** The first entry shows in which order its file writes keys. */
  private compare(rebuilt: Json | undefined, entry: Json, hint: Json | undefined): unknown {
    const rest = makeRest(rebuilt, entry, this.keyRanks(), hint);
    if (!this.ranks) {
      this.ranks = this.keyRanks();
      if (hasOrder(rest)) {
        const order = keysOf(entry);
        const ranks = keyRanks([...order, ...this.layout.order]);
        const better = makeRest(rebuilt, entry, ranks, hint);
        if (!hasOrder(better)) {
          this.ranks = ranks;
          this.rest.order = order;
          return better;
        }
      }
    }
    return rest;
  }
}

function withRest(item: PieceItem, rest: unknown): PieceItem {
  return rest === undefined ? item : { ...item, rest };
}

/** What would make a document invalid does not get into one. */
export function checkItem({ item }: PieceItem): void {
  const look = (value: unknown, key: string): void => {
    if (key.length > longestName || (typeof value === 'string' && names.has(key) && value.length > longestName)) {
      throw new EntryMismatch(phrase`names of at most ${longestName} characters`);
    } else if (typeof value === 'string') {
      checkText(value);
    } else if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([inner, each]) => look(each, inner));
    }
  };
  look(item, '');
}

function checkText(text: string | undefined): void {
  if (text !== undefined && text.length > longestText) {
    throw new EntryMismatch(phrase`texts of at most a million characters`);
  }
}

/** Whether an entry is an object with these keys. */
export function hasKeys(...keys: string[]): (entry: Json) => boolean {
  return (entry) => isJsonObject(entry) && keys.every((key) => entry.has(key));
}
