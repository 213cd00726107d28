import { z } from 'zod';
import { type Phrase, phrase } from '../protocol/index.js';
import type { Manifest } from './manifest.js';

/** Of `preprocess.video` and `preprocess.image`: an encoder that looks at a few frames at once, perhaps through several crops. */
export const piecesSchema = z.strictObject({
  frames: z.int().min(1).max(8).describe('Frames that the encoder looks at together. The last one is repeated where there are too few.'),
  crops: z
    .union([z.literal(1), z.literal(3)])
    .describe('1: as fit says. 3: the beginning, the middle and the end of the longer side, each for itself; with shorterSideCrop.'),
});

export type PieceRules = z.infer<typeof piecesSchema>;

/** Pictures that an encoder is given for so many frames. */
export function picturesInPieces(frames: number, { frames: together, crops }: PieceRules = { frames: 1, crops: 1 }): number {
  return Math.ceil(frames / together) * together * crops;
}

/** What is wrong about pieces between the fields of a manifest. */
export function checkPieces({ preprocess, encoder }: Manifest, problem: (path: (string | number)[], message: Phrase) => void): void {
  for (const kind of ['video', 'image'] as const) {
    const { pieces, fit, resample = 'bicubic' } = preprocess?.[kind] ?? {};
    if (!pieces) {
      continue;
    }
    if (encoder?.output.rows === undefined) {
      problem(['preprocess', kind, 'pieces'], phrase`needs encoder.output.rows`);
    }
    if (pieces.crops > 1 && (fit !== 'shorterSideCrop' || resample === 'bicubic' || resample === 'lanczos')) {
      problem(['preprocess', kind, 'pieces', 'crops'], phrase`needs shorterSideCrop, resampled by nearest, linear or cubic`);
    }
  }
}
