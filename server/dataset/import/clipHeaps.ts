import { longestDocument } from '../../common/annotations/readAnnotations.js';
import type { Disposable } from '../../common/dispose.js';
import type { Breath } from '../breathe.js';
import type { Piece } from '../formats/format.js';
import { SpillFiles } from '../spillFiles.js';

export interface ClipPieces {
  clip: string;
  /** In the order of the file. */
  pieces: Piece[];
  /** There are more than a document holds: so many in all, of which `pieces` has only the first. */
  tooMany?: number;
}

export interface HeapLimits {
  /** Of pieces as text: what is brought together at once. */
  batch: number;
  /** Of the pieces of one clip. They are longer still in a document. */
  clip: number;
}

const heapBytes = 8 * 1024 * 1024;
const mostHeaps = 512;
const usualLimits: HeapLimits = { batch: 24 * 1024 * 1024, clip: longestDocument * 1.25 };

/** Brings the pieces of each clip together, wherever in the file they stood; most of them wait on disk. */
export class ClipHeaps implements Disposable {
  private readonly heaps = new SpillFiles();
  private readonly heapCount: number;

  /** @param bytes of the file that the pieces are from */
  constructor(
    bytes: number,
    private readonly limits: HeapLimits = usualLimits,
  ) {
    this.heapCount = Math.min(mostHeaps, Math.ceil((bytes + 1) / heapBytes));
  }

  /** Begins with the clip: a heap is looked through without reading what its pieces say. */
  add(clip: string, piece: Piece): Promise<void> {
    return this.heaps.add(hashText(clip) % this.heapCount, `${JSON.stringify(clip)}\t${JSON.stringify({ ...piece, clip: undefined })}`);
  }

  /** Some clips at a time, each with all its pieces. */
  async *batches(breath: Breath): AsyncIterable<ClipPieces[]> {
    for (const heap of this.heaps.numbers) {
      for (const batch of await this.batchesOf(heap, breath)) {
        yield await this.read(heap, batch, breath);
      }
    }
  }

  dispose(): Promise<void> {
    return this.heaps.dispose();
  }

  /** Clips that are brought together at once, with the lengths of their pieces. */
  private async batchesOf(heap: number, breath: Breath): Promise<Map<string, number>[]> {
    const lengths = new Map<string, number>();
    for await (const line of this.heaps.lines(heap)) {
      await breath.take();
      const key = keyOf(line);
      lengths.set(key, (lengths.get(key) ?? 0) + line.length);
    }
    const batches = [new Map<string, number>()];
    let sum = 0;
    for (const [key, length] of lengths) {
      if (sum > 0 && sum + length > this.limits.batch) {
        batches.push(new Map());
        sum = 0;
      }
      batches.at(-1)?.set(key, length);
      sum += length;
    }
    return batches;
  }

  private async read(heap: number, batch: ReadonlyMap<string, number>, breath: Breath): Promise<ClipPieces[]> {
    const found = new Map<string, ClipPieces>();
    for await (const line of this.heaps.lines(heap)) {
      await breath.take();
      const key = keyOf(line);
      const length = batch.get(key);
      if (length === undefined) {
        continue;
      }
      const before = found.get(key);
      if (before?.tooMany !== undefined) {
        before.tooMany++;
        continue;
      }
      const clip = before?.clip ?? (JSON.parse(key) as string);
      const piece = { ...(JSON.parse(line.slice(key.length + 1)) as Piece), clip };
      if (before) {
        before.pieces.push(piece);
      } else {
        found.set(key, { clip, pieces: [piece], ...(length > this.limits.clip && { tooMany: 1 }) });
      }
    }
    return [...found.values()];
  }
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf('\t'));
}

/** FNV-1a. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return hash;
}
