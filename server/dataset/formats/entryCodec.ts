import type { AnnotatedMedia } from '../../protocol/index.js';
import type { Json } from '../json/json.js';
import type { FrameClock, ToldFrames } from './frameClock.js';
import type { ClipNameKind, PieceItem } from './format.js';

export interface NamedClip {
  name: string;
  kind: ClipNameKind;
}

/**
 * How one kind of entry is read and rebuilt. What rebuilding does not give back (unknown fields, odd values, another
 * order of keys) is found by comparing, and kept in `rest` as a delta; codecs need not care. `hint` is for what would
 * make a long delta: where a tag stood, say. Codecs throw `EntryMismatch` for an entry that does not fit.
 */
export interface ItemCodec {
  unit: 'item';
  read(entry: Json, position: number, about: EntryAbout): Awaitable<{ clip?: NamedClip; item: PieceItem; hint?: Json }>;
  /** Undefined: the item has no place in the format. */
  write(entry: EntryParts & { item: PieceItem }): Json | undefined;
  /** For items that were not imported; left out: `write`. Several entries, where it takes them. */
  writeNew?(entry: EntryParts & { item: PieceItem }): Json[];
}

/** An entry about a clip, with an element for each item. */
export interface ClipCodec {
  unit: 'clip';
  /** Elements as they would stand in the entry, also if they stand there in another way (e.g. in two lists). */
  read(entry: Json, position: number, about: EntryAbout): Awaitable<{
    clip?: NamedClip;
    elements: { item: PieceItem; value: Json }[];
    description?: string;
    tags?: string[];
    hint?: Json;
  }>;
  /** Undefined: the item has no place in the format. @param isNew it was not imported */
  writeElement(item: PieceItem, isNew: boolean, lost?: EntryParts['lost']): Json | undefined;
  /** Undefined: there is nothing to say of the clip. */
  write(entry: EntryParts & { elements: Json[]; description?: string; tags?: string[] }): Awaitable<Json | undefined>;
}

type Awaitable<Value> = Value | Promise<Value>;

/** What a codec may ask while it reads. */
export interface EntryAbout {
  /** As the container has set it so far. */
  frame: unknown;
  /** Frames and seconds of a clip; undefined: nothing is known of it. */
  clock(clip: NamedClip, told?: ToldFrames): Promise<FrameClock | undefined>;
  /** Of a clip, in seconds; undefined: not known. */
  duration(clip: NamedClip): Promise<number | undefined>;
}

export interface EntryParts {
  /** Path below the media folder; see `clipName`. */
  clip?: string;
  hint?: Json;
  /** As the container has set it, of the entry's own import. */
  frame?: unknown;
  /** Of the entry among the others in the file. */
  position: number;
  /** Of a clip whose entry was not imported. */
  media?: AnnotatedMedia;
  /** Looks at the clip itself: for times that were not imported. */
  clock?(): Promise<FrameClock | undefined>;
  /** Of an item that was not imported. */
  newId?: string;
  /** Counts what of an item cannot be said; see `WriteContext.lost`. */
  lost?(what: string): void;
}

/** One way the entries of a format can look. */
export interface EntryLayout {
  name: string;
  codec: ItemCodec | ClipCodec;
  /** Usual order of all keys, outer ones first. */
  order: readonly string[];
  /** Does an entry look like this? Only asked where a format has several layouts. */
  fits?(entry: Json): boolean;
}
