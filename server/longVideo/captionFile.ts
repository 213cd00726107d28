import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { appendLines } from '../common/appendLines.js';
import type { Disposable } from '../common/dispose.js';
import type { Segment } from '../protocol/index.js';

/** A larger file is not read, and nothing is added to it. */
const largestFile = 16 * 1024 * 1024;
const longestCaption = 4000;

const lineSchema = z.strictObject({ start: z.number().min(0), end: z.number().min(0), basis: z.string().max(64), text: z.string().max(longestCaption) });

/** The captions of one clip by their windows: in memory while it is open, and appended to a file, a line for each. */
export class CaptionFile implements Disposable {
  private readonly captions = new Map<string, string>();
  private writing: Promise<void> = Promise.resolve();

  /** @param grown called after the file has grown @param release called at the end */
  constructor(
    private readonly path: string,
    private readonly grown: () => Promise<void>,
    private readonly release: () => void,
  ) {}

  /** Reads what is there; what is not ours or half written is passed over. */
  async load(): Promise<void> {
    const size = await stat(this.path).then((stats) => stats.size, () => 0);
    const text = size > 0 && size <= largestFile ? await readFile(this.path, 'utf8').catch(() => '') : '';
    for (const line of text.split('\n')) {
      const kept = line === '' ? undefined : parseLine(line);
      if (kept) this.captions.set(keyOf({ startSeconds: kept.start, endSeconds: kept.end }, kept.basis), kept.text);
    }
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
    this.release();
  }

  private async write(line: string): Promise<void> {
    if (await appendLines(this.path, [line], largestFile)) await this.grown();
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
