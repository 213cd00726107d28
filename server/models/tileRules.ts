import { z } from 'zod';
import { type Phrase, phrase } from '../protocol/index.js';
import type { Manifest } from './manifest.js';
import { outputOf } from './outputRows.js';

/** Of `preprocess.image`: how pictures are cut. */
export const tilesSchema = z
  .strictObject({
    longestEdge: z.int().min(1).max(4_096).describe('What the longest side of a picture is brought to before it is cut, e.g. four times width.'),
  })
  .describe('Pictures are cut into squares of this width as Idefics3 and SmolVLM do; the whole picture comes last. Left out: shown whole.');

/** What is wrong about tiles between the fields of a manifest. */
export function checkTiles({ preprocess, encoder, prompt }: Manifest, problem: (path: (string | number)[], message: Phrase) => void): void {
  const { tiles, width = 0, height = 0, resample = 'bicubic' } = preprocess?.image ?? {};
  const { tile, image } = prompt.placeholders ?? {};
  if (!tiles || !encoder) {
    if (tile !== undefined) {
      problem(['prompt', 'placeholders', 'tile'], phrase`means nothing without preprocess.image.tiles`);
    }
    return;
  }
  const path = ['preprocess', 'image', 'tiles'];
  if (width !== height || (resample !== 'bicubic' && resample !== 'lanczos')) {
    problem(path, phrase`needs squares, resampled by bicubic or lanczos`);
  }
  if (tiles.longestEdge < width) {
    problem([...path, 'longestEdge'], phrase`must not be less than preprocess.image.width`);
  }
  if (outputOf(encoder, 'image').rowsPerFrame === undefined) {
    problem(path, phrase`needs encoder.output.rowsPerFrame`);
  }
  if (tile === undefined || image === undefined) {
    problem(['prompt', 'placeholders'], phrase`must hold tile and image, with preprocess.image.tiles`);
  } else if (prompt.imageMessage?.split(tile).length !== 2 || prompt.imageMessage.indexOf(tile) > prompt.imageMessage.indexOf(image)) {
    problem(['prompt', 'imageMessage'], phrase`must hold placeholders.tile exactly once, in a loop over the tiles and before placeholders.image`);
  }
}
