import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Disposable } from '../../common/dispose.js';
import type { ExportPiece } from '../formats/format.js';
import { mergeSorted } from '../mergeSorted.js';
import { linesOf } from '../spillFiles.js';
import { temporaryFolder } from '../temporaryFiles.js';
import { writing } from '../writing.js';

/** A piece as text, and where it comes: its import, its place in it. */
interface Waiting {
  import: number;
  position: number;
  text: string;
}

export interface SorterLimits {
  /** So much waits in memory. */
  characters: number;
  /** So many files are read at once. */
  runs: number;
}

const usualLimits: SorterLimits = { characters: 16 * 1024 * 1024, runs: 100 };

/** Brings pieces into the order of their imports, new ones behind them as they came. Sorted runs of them wait on disk. */
export class PieceSorter implements Disposable {
  private readonly order: ReadonlyMap<string, number>;
  private waiting: Waiting[] = [];
  private characters = 0;
  private fresh = 0;
  private runs: string[] = [];
  private count = 0;
  private folder: string | undefined;

  constructor(
    imports: readonly { id: string }[],
    private readonly limits: SorterLimits = usualLimits,
  ) {
    this.order = new Map(imports.map(({ id }, i) => [id, i]));
  }

  async add(piece: ExportPiece): Promise<void> {
    const place = piece.from && this.order.get(piece.from.import);
    const text = JSON.stringify(piece);
    this.waiting.push({ text, ...(place === undefined ? { import: this.order.size, position: this.fresh++ } : { import: place, position: piece.from?.position ?? 0 }) });
    this.characters += text.length;
    if (this.characters > this.limits.characters) {
      this.runs.push(await this.writeRun(each(this.waiting.sort(compare))));
      this.waiting = [];
      this.characters = 0;
      if (this.runs.length >= this.limits.runs) {
        const merged = await this.writeRun(mergeSorted(this.runs.map(readRun), compare));
        await Promise.all(this.runs.map((path) => rm(path)));
        this.runs = [merged];
      }
    }
  }

  async *pieces(): AsyncIterable<ExportPiece> {
    for await (const { text } of mergeSorted([...this.runs.map(readRun), each(this.waiting.sort(compare))], compare)) {
      yield JSON.parse(text) as ExportPiece;
    }
  }

  async dispose(): Promise<void> {
    this.waiting = [];
    if (this.folder !== undefined) {
      await rm(this.folder, { recursive: true, force: true });
      this.folder = undefined;
    }
  }

  private async writeRun(pieces: AsyncIterable<Waiting>): Promise<string> {
    const folder = (this.folder ??= await temporaryFolder());
    const path = join(folder, `${this.count++}.run`);
    const lines = async function* (): AsyncIterable<string> {
      for await (const piece of pieces) {
        yield `${piece.import} ${piece.position} ${piece.text}\n`;
      }
    };
    await writing(path, () => pipeline(Readable.from(lines()), createWriteStream(path)));
    return path;
  }
}

function compare(a: Waiting, b: Waiting): number {
  return a.import - b.import || a.position - b.position;
}

async function* each(pieces: readonly Waiting[]): AsyncIterable<Waiting> {
  yield* pieces;
}

async function* readRun(path: string): AsyncIterable<Waiting> {
  for await (const line of linesOf(createReadStream(path, 'utf8') as AsyncIterable<string>)) {
    const [first, second] = [line.indexOf(' '), line.indexOf(' ', line.indexOf(' ') + 1)];
    yield { import: Number(line.slice(0, first)), position: Number(line.slice(first + 1, second)), text: line.slice(second + 1) };
  }
}
