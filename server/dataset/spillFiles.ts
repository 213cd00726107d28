import { createReadStream } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../common/dispose.js';
import { temporaryFolder } from './temporaryFiles.js';
import { writing } from './writing.js';

const bufferedCharacters = 128 * 1024;
/** All buffers together: what is smaller never touches the disk. */
const bufferedInAll = 16 * 1024 * 1024;

/** Lines in numbered heaps; what does not fit in memory waits in temporary files. */
export class SpillFiles implements Disposable {
  private readonly heaps = new Map<number, { lines: string[]; characters: number; onDisk: boolean }>();
  private buffered = 0;
  private folder: string | undefined;

  /** @param line without line breaks, as JSON.stringify gives it */
  async add(heap: number, line: string): Promise<void> {
    let found = this.heaps.get(heap);
    if (!found) {
      found = { lines: [], characters: 0, onDisk: false };
      this.heaps.set(heap, found);
    }
    found.lines.push(line);
    found.characters += line.length;
    this.buffered += line.length;
    if (this.buffered > bufferedInAll) {
      await this.spill(bufferedCharacters);
      if (this.buffered > bufferedInAll) {
        await this.spill(0);
      }
    }
  }

  /** Numbers of the heaps that hold anything, ascending. */
  get numbers(): number[] {
    return [...this.heaps.keys()].sort((a, b) => a - b);
  }

  /** Lines of a heap in the order they were added. */
  async *lines(heap: number): AsyncIterable<string> {
    const found = this.heaps.get(heap);
    if (found?.onDisk) {
      yield* linesOf(createReadStream(this.path(heap), 'utf8') as AsyncIterable<string>);
    }
    yield* found?.lines ?? [];
  }

  async dispose(): Promise<void> {
    this.heaps.clear();
    if (this.folder !== undefined) {
      await rm(this.folder, { recursive: true, force: true });
      this.folder = undefined;
    }
  }

  private async spill(atLeast: number): Promise<void> {
    this.folder ??= await temporaryFolder();
    for (const [number, heap] of this.heaps) {
      if (heap.characters > atLeast) {
        await writing(this.path(number), () => appendFile(this.path(number), `${heap.lines.join('\n')}\n`));
        this.buffered -= heap.characters;
        heap.lines = [];
        heap.characters = 0;
        heap.onDisk = true;
      }
    }
  }

  private path(heap: number): string {
    return join(this.folder ?? '', `${heap}.jsonl`);
  }
}

/** Lines that end with a line feed and nothing else: texts hold other characters that some take for a line's end. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  // Joined once: a line may come in thousands of chunks.
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    parts.push(first);
    for (const other of others) {
      yield parts.join('');
      parts = [other];
    }
  }
  const last = parts.join('');
  if (last !== '') {
    yield last;
  }
}
