import type { Json } from '../json/json.js';
import type { SourceFile, TextSink } from './format.js';

/** One element of a file, whatever the file is made of: JSON, lines, a table. */
export interface RawEntry {
  /** Elements that are members of an object come as `[key, value]`, lines as text, rows of a table as objects. */
  entry: Json;
  /** 1 for the first. */
  line: number;
}

/** How entries stand in a file. */
export interface EntryContainer {
  /**
   * @param setFrame keeps what is needed to write the same kind of file again; plain JSON, undefined if it is the usual
   * @throws VideoChatError FormatInvalid where the file falls apart
   */
  read(file: SourceFile, setFrame: (frame: unknown) => void): AsyncIterable<RawEntry>;
  /** @param frame what reading has kept; undefined: the usual */
  write(entries: AsyncIterable<Json>, sink: TextSink, frame: unknown): Promise<void>;
}
