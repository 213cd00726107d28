import type { Ask } from '../searchDatabase.js';
import { momentsIn, type ClipHits } from './momentsIn.js';
import type { PictureMoment, PictureQuestion } from './pictureQuestion.js';
import { markOf, type PictureMark, picturesAfter } from './pictureTable.js';
import { PictureVectors, type RowRange, strideOf } from './pictureVectors.js';

/** The embeddings of one model in memory: read when they are first asked for, then only what was added. */
export class PictureIndex {
  private model: string | undefined;
  private mark: PictureMark = { rows: 0, last: 0, sum: 0 };
  private vectors = new PictureVectors(16);
  private seconds = new Float32Array(0);
  private cosines = new Float32Array(0);
  private readonly blocks = new Map<string, RowRange[]>();

  /** Reads what others, or this process, have added since. */
  read(ask: Ask, { sha256, width }: PictureQuestion['model']): void {
    const mark = markOf(ask, sha256);
    if (this.model === sha256 && mark.rows === this.mark.rows && mark.sum === this.mark.sum && mark.last === this.mark.last) {
      return;
    }
    if (this.model !== sha256 || !this.add(ask, sha256, mark)) {
      this.model = sha256;
      this.mark = { rows: 0, last: 0, sum: 0 };
      this.vectors = new PictureVectors(width);
      this.blocks.clear();
      this.add(ask, sha256, mark);
    }
  }

  /**
   * Moments whose pictures fit, the best first.
   *
   * @param contents clips to look at; undefined: all
   * @param most clips whose pictures are looked at closely
   */
  find({ vector, contrast, model }: PictureQuestion, contents: ReadonlySet<string> | undefined, most: number): PictureMoment[] {
    const asked = contents ? [...this.blocks].filter(([content]) => contents.has(content)) : [...this.blocks];
    this.vectors.compare(vector, asked.flatMap(([, blocks]) => blocks), this.cosines);
    const best = asked.map(([content, blocks]) => ({ content, cosine: this.bestOf(blocks) }));
    best.sort((a, b) => b.cosine - a.cosine);
    const close = best.slice(0, most).map(({ content }) => content);
    const against = this.contrastOf(contrast, close.flatMap((content) => this.blocks.get(content) ?? []));
    return close
      .flatMap((content) => momentsIn(content, this.hitsOf(content, against, model.score), model.score.least))
      .sort((a, b) => b.cosine - a.cosine || (a.content < b.content ? -1 : 1));
  }

  /** Of each of these rows, the cosine of the text that fits it best. */
  private contrastOf(texts: readonly Float32Array[], rows: readonly RowRange[]): Float32Array {
    const best = new Float32Array(this.cosines.length).fill(-1);
    const each = new Float32Array(best.length);
    for (const text of texts) {
      this.vectors.compare(text, rows, each);
      for (const { first, count } of rows) {
        for (let row = first; row < first + count; row++) {
          best[row] = Math.max(best[row] as number, each[row] as number);
        }
      }
    }
    return best;
  }

  private bestOf(blocks: readonly RowRange[]): number {
    let best = -1;
    for (const { first, count } of blocks) {
      for (let row = first; row < first + count; row++) {
        best = Math.max(best, this.cosines[row] as number);
      }
    }
    return best;
  }

  /** How sure each picture of a clip is one that was asked for. */
  private hitsOf(content: string, against: Float32Array, { scale, bias }: PictureQuestion['model']['score']): ClipHits {
    const rows = (this.blocks.get(content) ?? []).flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
    rows.sort((a, b) => (this.seconds[a] ?? 0) - (this.seconds[b] ?? 0));
    const cosines = rows.map((row) => this.cosines[row] ?? 0);
    const sure = rows.map((row, i) => {
      const logit = scale * (cosines[i] ?? 0);
      // Against the best of the texts that fit any picture, or as the model says by itself.
      const other = bias === undefined ? scale * (against[row] ?? 0) : -bias;
      return 1 / (1 + Math.exp(other - logit));
    });
    return { seconds: rows.map((row) => this.seconds[row] ?? 0), cosines, sure };
  }

  /** @returns false where rows went too, so that all have to be read again */
  private add(ask: Ask, model: string, mark: PictureMark): boolean {
    const known = this.mark;
    if (mark.rows < known.rows || mark.last < known.last) {
      return false;
    }
    const rows = picturesAfter(ask, model, known.last);
    const sum = rows.reduce((total, { id }) => total + id, known.sum);
    if (known.rows + rows.length !== mark.rows || sum !== mark.sum) {
      return false;
    }
    for (const { pictures } of rows) {
      const { content, scales, data, seconds } = pictures;
      const isWhole = seconds.length === scales.length && data.length === scales.length * strideOf(this.vectors.width);
      const first = isWhole && scales.length > 0 ? this.vectors.add({ data, scales }) : undefined;
      // What memory does not do for cannot be found by its pictures.
      if (first !== undefined) {
        this.makeRoom(first + scales.length);
        this.seconds.set(seconds, first);
        this.blocks.set(content, [...(this.blocks.get(content) ?? []), { first, count: scales.length }]);
      }
    }
    this.mark = mark;
    return true;
  }

  private makeRoom(count: number): void {
    if (this.seconds.length < count) {
      const larger = new Float32Array(Math.ceil(count * 1.25));
      larger.set(this.seconds);
      this.seconds = larger;
      this.cosines = new Float32Array(larger.length);
    }
  }
}
