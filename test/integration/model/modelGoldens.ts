import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseManifest, type SeeingManifest } from '../../../server/models/manifest.js';
import { preprocessFrames } from '../../../server/video/preprocessFrames.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const goldenFolder = path.join(root, 'test/golden/model');

/** The shipped model. */
export const modelFolder = path.join(root, 'models/videochat-mini');

/** Why the tests of the shipped model cannot run, if they cannot. */
export const modelMissing = existsSync(path.join(modelFolder, 'manifest.json'))
  ? undefined
  : 'models/videochat-mini is not there: its weights are exported by models/export/export_mini.py';

export interface GoldenAnswer {
  clip: number;
  timeMessage: string;
  history: [question: string, answer: string][];
  question: string;
  answer: string;
  ids: number[];
}

export interface GoldenAnswers {
  maxTokens: number;
  prompts: GoldenAnswer[];
}

interface Inputs {
  shape: [clips: number, frames: number, height: number, width: number, channels: number];
  embeddingCases: { frames: number[] }[];
}

async function json<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(path.join(goldenFolder, name), 'utf8')) as T;
}

export const readInputs = () => json<Inputs>('inputs.json');
export const readAnswers = () => json<GoldenAnswers>('answers.json');
export const readTexts = () => json<{ text: string; ids: number[] }[]>('texts.json');

export async function readManifest(): Promise<SeeingManifest> {
  const file = path.join(modelFolder, 'manifest.json');
  return parseManifest(JSON.parse(await readFile(file, 'utf8')), file) as SeeingManifest;
}

/** Rows of all embedding cases one after the other, [rows,width]. */
export async function readEmbeddings(): Promise<Float32Array> {
  const bytes = await readFile(path.join(goldenFolder, 'embeddings.f32'));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

/** Frames by their number through all clips, through the product's own preprocessing: [T,3,H,W]. */
export async function readPixels(manifest: SeeingManifest, numbers: readonly number[]): Promise<Float32Array> {
  const { shape } = await readInputs();
  const [, , height, width, channels] = shape;
  const bytes = gunzipSync(await readFile(path.join(goldenFolder, 'clips.u8.gz')));
  const size = height * width * channels;
  const frames = numbers.map((n) => ({ width, height, data: bytes.subarray(n * size, (n + 1) * size) }));
  const { video, mean, std } = manifest.preprocess;
  return preprocessFrames(frames, { ...video, mean, std });
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    return Infinity;
  }
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    largest = difference <= largest ? largest : difference;
  }
  return largest;
}
