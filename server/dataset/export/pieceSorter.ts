import type { ExportPiece } from '../formats/format.js';
import { SpillFiles } from '../spillFiles.js';
import type { Disposable } from '../../common/dispose.js';

const piecesPerHeap = 10_000;
const heapsPerImport = 1_000_000;

/** Brings pieces into the order of their imports, new ones behind them; most of them wait on disk. */
export class PieceSorter implements Disposable {
  private readonly heaps = new SpillFiles();
  private readonly order: ReadonlyMap<string, number>;

  constructor(imports: readonly { id: string }[]) {
    this.order = new Map(imports.map(({ id }, i) => [id, i]));
  }

  add(piece: ExportPiece): Promise<void> {
    const place = piece.from && this.order.get(piece.from.import);
    const within = Math.min(heapsPerImport - 1, Math.floor((piece.from?.position ?? 0) / piecesPerHeap));
    return this.heaps.add((place ?? this.order.size) * heapsPerImport + within, JSON.stringify(piece));
  }

  async *pieces(): AsyncIterable<ExportPiece> {
    for (const heap of this.heaps.numbers) {
      if (Math.floor(heap / heapsPerImport) === this.order.size) {
        for await (const line of this.heaps.lines(heap)) {
          yield JSON.parse(line) as ExportPiece;
        }
      } else {
        const pieces: ExportPiece[] = [];
        for await (const line of this.heaps.lines(heap)) {
          pieces.push(JSON.parse(line) as ExportPiece);
        }
        yield* pieces.sort((a, b) => (a.from?.position ?? 0) - (b.from?.position ?? 0));
      }
    }
  }

  dispose(): Promise<void> {
    return this.heaps.dispose();
  }
}
