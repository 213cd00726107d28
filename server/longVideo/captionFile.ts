import { z } from 'zod';
import { appendLines } from '../common/appendLines.js';
import type { Disposable } from '../common/dispose.js';
import { readLines } from '../common/readLines.js';
import type { FilePlace } from '../common/sharedFiles.js';
import type { Segment } from '../protocol/index.js';

/** A larger file is not read, and nothing is added to it. */
const largestFile = 16 * 1024 * 1024;
const longestCaption = 4000;

const lineSchema = z.strictObject({ start: z.number().min(0), end: z.number().min(0), basis: z.string().max(64), text: z.string().max(longestCaption) });

/** The captions of one clip by their windows: in memory while it is open, and appended to a file, a line for each. */
export class CaptionFile implements Disposable {
  private readonly captions = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();

  private constructor(private readonly place: FilePlace) {}

  /** Reads what is there; what is not ours or half written is passed over. */
  static async load(place: FilePlace): Promise<CaptionFile> {
    const file = new CaptionFile(place);
    for (const line of await readLines(place.path, largestFile)) {
      const kept = parseLine(line);
      if (kept) file.captions.set(keyOf({ startSeconds: kept.start, endSeconds: kept.end }, kept.basis), kept.text);
    }
    return file;
  }

  /**
   * Empty: there is nothing to be said of the window. Undefined: nobody was asked.
   *
   * @param basis what the caption rests on besides the pictures; a caption of another basis is another one
   */
  find(window: Segment, basis: string): string | undefined {
    return this.captions.get(keyOf(window, basis));
  }

  /** Keeps a caption at once: whoever is killed now has lost nothing. A disk that fails costs time later, nothing else. */
  add(window: Segment, basis: string, text: string): Promise<void> {
    const kept = text.slice(0, longestCaption);
    this.captions.set(keyOf(window, basis), kept);
    const line = JSON.stringify({ start: window.startSeconds, end: window.endSeconds, basis, text: kept });
    this.writing = this.writing.then(() => this.write(line)).catch(() => undefined);
    return this.writing;
  }

  async dispose(): Promise<void> {
    await this.writing;
    this.place.release();
  }

  private async write(line: string): Promise<void> {
    if (await appendLines(this.place.path, [line], largestFile)) await this.place.grown();
  }
}

function keyOf({ startSeconds, endSeconds }: Segment, basis: string): string {
  return `${startSeconds.toFixed(3)}-${endSeconds.toFixed(3)} ${basis}`;
}

function parseLine(line: string): z.infer<typeof lineSchema> | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
