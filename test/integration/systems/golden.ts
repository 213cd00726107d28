import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { parseManifest, type SeeingManifest } from '../../../server/models/manifest.js';
import type { PromptConversation, PromptVisual } from '../../../server/models/prompt.js';
import { tileLayout } from '../../../server/engine/tileLayout.js';
import { arrangePieces } from '../../../server/video/arrangePieces.js';
import { picturesPerFrame } from '../../../server/video/preprocessFrame.js';
import { preprocessFrames } from '../../../server/video/preprocessFrames.js';
import { temporaryFolder } from '../../fixtures/tinyEncoder.js';

const goldenFolder = fileURLToPath(new URL('../../golden/systems/', import.meta.url));

/** Names of the companion systems that have goldens. */
export const systems = readdirSync(goldenFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);

/** What a model is shown of the golden frames: so many, or of a picture in tiles the first one with these sides. */
export interface GoldenView {
  kind: 'video' | 'image';
  frames: number;
  picture?: [number, number];
}

/** A visual of a golden conversation. */
export type GoldenVisual = PromptVisual & GoldenView;

type GoldenConversation = Omit<PromptConversation, 'visuals'> & { visuals: GoldenVisual[] };

export interface Golden {
  /** Rows of the golden sound, of a system that hears. */
  sound?: { values: string };
  /** What is added to each layer, of a system that is shown things by a prefix. */
  prefixes?: { visuals: GoldenVisual[]; values: string }[];
  cases: (GoldenView & { rows: number[]; values: string })[];
  prompts: { name: string; conversation: GoldenConversation; pieces: string[] }[];
  answers: { name: string; conversation: GoldenConversation; ids: number[] }[];
}

export interface GoldenSystem {
  /** Where the models lie, one folder each. */
  models: string;
  folder: string;
  manifest: SeeingManifest;
  golden: Golden;
}

/** Unpacks a system's model folder into a temporary one. */
export async function unpackSystem(name: string): Promise<GoldenSystem> {
  const from = path.join(goldenFolder, name);
  const models = await temporaryFolder();
  const folder = path.join(models, name);
  await mkdir(folder);
  for (const file of readdirSync(from)) {
    const bytes = await readFile(path.join(from, file));
    if (file.endsWith('.gz')) {
      await writeFile(path.join(folder, file.slice(0, -3)), gunzipSync(bytes));
    } else if (file === 'manifest.json') {
      await writeFile(path.join(folder, file), bytes);
    }
  }
  const manifest = parseManifest(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')), folder) as SeeingManifest;
  return { models, folder, manifest, golden: JSON.parse(readFileSync(path.join(from, 'golden.json'), 'utf8')) as Golden };
}

/** [H,W,3]; `test/golden/systems/goldens.py` computes the same. */
function frame(t: number, width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [c, x, y] = [at % 3, Math.floor(at / 3) % width, Math.floor(at / (3 * width))];
    return (x * 7 + y * 13 + c * 29 + t * t * 3 + x * y * (t + 1) + Math.floor((x * x * (c + 1)) / 5)) % 256;
  });
}

/** The golden frames through the product's own preprocessing: [T,3,H,W]. */
export async function goldenPixels(manifest: SeeingManifest, { kind, frames: count, picture }: GoldenView): Promise<Float32Array> {
  const { mean, std, [kind]: size } = manifest.preprocess;
  const { width, height, fit, resample, pieces } = size;
  const spec = { width, height, fit, ...(resample ? { resample } : {}), ...(pieces ? { pieces } : {}), mean, std };
  if (picture) {
    const [wide, high] = picture;
    const tiles = tileLayout({ manifest, language: manifest.language as never }, { kind, width: wide, height: high });
    const whole = { ...spec, ...(tiles ? { tiles } : {}) };
    expect(picturesPerFrame(whole)).toBe(count);
    return preprocessFrames([{ width: wide, height: high, data: frame(0, wide, high) }], whole);
  }
  // Several crops differ where there is more to be seen than fits.
  const wide = pieces ? 2 * width : width;
  const frames = Array.from({ length: count }, (_, t) => ({ width: wide, height, data: frame(t, wide, height) }));
  const pixels = await preprocessFrames(frames, spec);
  return pieces ? arrangePieces(pixels, count, pieces) : pixels;
}

/** [clips, samples]; `test/golden/systems/videoLlama.py` computes the same. */
export function goldenSound({ clips, sampleRate, seconds }: { clips: number; sampleRate: number; seconds: number }): Float32Array {
  return Float32Array.from({ length: clips * Math.trunc(sampleRate * seconds) }, (_, n) => Math.sin((n * n) / 40_000) * 0.5 + (((n * 37) % 101) / 101) * 0.2 - 0.1);
}

export function unpackValues(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
