import type { CancellationToken } from '../../common/cancellation.js';
import type { AnnotatedMedia, AnnotationItems, AnnotationList, DatasetFormatName, Phrase, Provenance } from '../../protocol/index.js';
import type { FrameClock, ToldFrames } from './frameClock.js';

/** An item without what the import gives it: a position, an origin, mostly an id. */
export type PieceItem = {
  [List in AnnotationList]: {
    list: List;
    item: Omit<AnnotationItems[List], 'id' | 'origin'> & { id?: string };
    /** `Origin.rest` of the item: what the file says of it and the item cannot. Plain JSON; see `toPlain`. */
    rest?: unknown;
    /** On the way out: it was imported with this piece; others are new. */
    imported?: boolean;
  };
}[AnnotationList];

/**
 * What a file says in one place about one clip: an element of its list, a line, a subtitle file. Either its one item
 * stands for it, or (`whole`) the clip's document does, which then remembers the piece even without items.
 */
export interface Piece {
  /** Of this piece among the others in the file, from 0. Not -1, not sparse. */
  position: number;
  /** As {@link ReadContext.clipOf} gave it; undefined: about no clip. */
  clip: string | undefined;
  /** Exactly one where there is no `whole`. In the order of the file. */
  items: PieceItem[];
  whole?: PieceWhole;
}

export interface PieceWhole {
  /** `Origin.rest` of the document. */
  rest?: unknown;
  /** Of the whole clip. */
  description?: string;
  tags?: string[];
}

/** A piece on its way out. Items have their ids. */
export interface ExportPiece extends Omit<Piece, 'position'> {
  /** Where it was in the import; undefined: made here, or imported in another format (then nothing has a `rest`). */
  from?: { import: string; position: number };
  /** Of the clip, as far as the document knows it; only for pieces that are not `from` an import. */
  media?: AnnotatedMedia;
  /** Where its clip is looked for: the document, absolute, and the `media.path` in it. */
  place?: { document: string; media: string };
}

/** `path`: with folders and ending, e.g. `a/b.mp4`. `id`: the file's name without ending, e.g. `v_abc123`. */
export type ClipNameKind = 'path' | 'id';

export interface ReadContext {
  /**
   * The clip that a file names; `clipName` is the way back. Names that lead out of the media folder get a safe
   * stand-in and are reported; missing clips are counted.
   */
  clipOf(name: string, kind: ClipNameKind, position: number): Promise<string>;
  /** Frames and seconds of a clip that {@link clipOf} gave: for formats that count frames. Undefined: nothing is known. */
  clockOf?(clip: string, told: ToldFrames): Promise<FrameClock | undefined>;
  /** Seconds of a clip that {@link clipOf} gave; undefined: not known. */
  durationOf?(clip: string): Promise<number | undefined>;
  /** Keeps what stands around the pieces: {@link DatasetImport.rest}. Plain JSON. May be called until reading ends. */
  setFileRest(rest: unknown): void;
  /** A piece that was not understood. It may still be given, with nothing but a `rest`. */
  skipped(position: number, message: string | Phrase): void;
  readonly token?: CancellationToken;
}

export interface WriteContext {
  /** Imports of this format whose pieces come, in the order in which they come. */
  imports: readonly { id: string; rest?: unknown }[];
  /** Counts what the format has no place for; English words, e.g. `segments without caption`. */
  lost(what: string, count?: number): void;
  /** Frames and seconds of a piece's clip, by the clip itself. Undefined: it is not there. */
  clockOf?(piece: ExportPiece): Promise<FrameClock | undefined>;
  readonly token?: CancellationToken;
}

/** A file to import. */
export interface SourceFile {
  /** Absolute. */
  path: string;
  /** Below the imported folder, with `/`; for a single file its own name. */
  name: string;
  /** Its bytes; progress is counted. */
  open(): AsyncIterable<Buffer>;
}

/** Where an export goes. Files appear whole when the export has ended, or not at all. */
export interface FormatOutput {
  /**
   * Begins a file; the one before it is complete then.
   * @param name for formats with a file per clip: below the export's folder, with `/`, e.g. `a/b.vtt`
   */
  file(name?: string): Promise<TextSink>;
}

export interface TextSink {
  write(text: string): Promise<void>;
}

/** One format. Reading streams, writing streams; neither holds more than a few pieces in memory. */
export interface Format {
  readonly name: DatasetFormatName;
  /** Usual endings of its files, with the dot, lower case; the first is the one to write. */
  readonly extensions: readonly [string, ...string[]];
  /** A file for each clip: import takes a folder too, export writes one. */
  readonly filePerClip?: boolean;
  /**
   * `clip`: a piece holds all items of its clip, so new ones join the clip's piece, behind the others. `item`: new
   * items become pieces at the end.
   */
  readonly unit: 'item' | 'clip';
  readonly keeps: FormatKeeps;
  /** @throws VideoChatError FormatInvalid with where and what was expected */
  read(files: AsyncIterable<SourceFile>, context: ReadContext): AsyncIterable<Piece>;
  /** Pieces of imports come first, each import in its order; then the new ones, by clip. */
  write(pieces: AsyncIterable<ExportPiece>, output: FormatOutput, context: WriteContext): Promise<void>;
}

/**
 * What a format has a place for: of each kind of item, which fields beside the needed ones (times of a segment, text
 * of a question, turns of a conversation). The exporter leaves out and counts the rest; the loss table is made of it.
 */
export interface FormatKeeps {
  segments?: readonly SegmentField[];
  questions?: readonly QuestionField[];
  conversations?: readonly ConversationField[];
  description?: boolean;
  tags?: boolean;
  /** Of the provenance of items that keep it; left out: all of it. */
  provenance?: readonly (keyof Provenance)[];
  /** How an unedited import comes out again, e.g. `equal JSON`, `equal cells`. */
  unedited: string;
  /** For people: what else to know, one sentence. */
  note?: string;
}
export type SegmentField = 'track' | 'label' | 'caption' | 'attributes' | 'provenance';
export type QuestionField = 'answer' | 'options' | 'correct' | 'type' | 'span' | 'provenance';
export type ConversationField = 'system' | 'spans' | 'ratings' | 'provenance';
