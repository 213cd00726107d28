import type { Manifest } from './manifest.js';

type Encoder = NonNullable<Manifest['encoder']>;

/** What the encoder says of files of a kind: pictures may have a graph of their own. */
export function outputOf(encoder: Encoder, kind: 'video' | 'image'): Encoder['output'] {
  return (kind === 'image' ? encoder.image?.output : undefined) ?? encoder.output;
}

/** Embedding rows for so many frames. */
export function outputRows({ rows, rowsPerFrame }: Encoder['output'], frames: number): number {
  return rows ?? (rowsPerFrame ?? 0) * frames;
}
