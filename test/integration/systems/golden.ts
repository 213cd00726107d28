import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseManifest, type SeeingManifest } from '../../../server/models/manifest.js';
import type { PromptConversation, PromptVisual } from '../../../server/models/prompt.js';
import { preprocessFrames } from '../../../server/video/preprocessFrames.js';
import { temporaryFolder } from '../../fixtures/tinyEncoder.js';

const goldenFolder = fileURLToPath(new URL('../../golden/systems/', import.meta.url));

/** Names of the companion systems that have goldens. */
export const systems = readdirSync(goldenFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map(({ name }) => name);

/** A visual of a golden conversation, and how many of the golden frames it has. */
export type GoldenVisual = PromptVisual & { frames: number };

type GoldenConversation = Omit<PromptConversation, 'visuals'> & { visuals: GoldenVisual[] };

export interface Golden {
  /** Rows of the golden sound, of a system that hears. */
  sound?: { values: string };
  cases: { kind: 'video' | 'image'; frames: number; rows: number[]; values: string }[];
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
export function goldenPixels({ preprocess }: SeeingManifest, kind: 'video' | 'image', count: number): Promise<Float32Array> {
  const { mean, std, [kind]: size } = preprocess;
  const frames = Array.from({ length: count }, (_, t) => ({ width: size.width, height: size.height, data: frame(t, size.width, size.height) }));
  return preprocessFrames(frames, { ...size, mean, std });
}

/** [clips, samples]; `test/golden/systems/videoLlama.py` computes the same. */
export function goldenSound({ clips, sampleRate, seconds }: { clips: number; sampleRate: number; seconds: number }): Float32Array {
  return Float32Array.from({ length: clips * Math.trunc(sampleRate * seconds) }, (_, n) => Math.sin((n * n) / 40_000) * 0.5 + (((n * 37) % 101) / 101) * 0.2 - 0.1);
}

export function unpackValues(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}
