import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SeeingManifest } from '../models/manifest.js';
import { resolveModelFile } from '../models/modelFiles.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { Embeddings } from './embeddings.js';

/** What an encoder answers with for clips of the kind it was trained on. */
export interface EncoderDomain {
  /** Of each channel, over clips: of its mean over the rows of a clip. */
  mean: number[];
  deviation: number[];
  /** Clips that are stranger are unlike what it was trained on. */
  limit: number;
}

const statistic = z.array(z.number().min(-1e6).max(1e6)).max(65_536);
const domainSchema = z.object({ mean: statistic, deviation: statistic, limit: z.number().gt(0) });

/** Deviations below this are taken for this: a channel that never changes says little when it does. */
const leastDeviation = 1e-6;

/**
 * Reads the statistics that a manifest names.
 *
 * @returns nothing if it names none
 * @throws ModelCorrupt, ModelFileMissing
 */
export async function readEncoderDomain(manifest: SeeingManifest, folder: string): Promise<EncoderDomain | undefined> {
  const { domain: key, output } = manifest.encoder;
  if (key === undefined) {
    return undefined;
  }
  const path = await resolveModelFile(folder, manifest, key);
  let parsed: ReturnType<typeof domainSchema.safeParse> | undefined;
  try {
    parsed = domainSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Said below.
  }
  if (!parsed?.success || parsed.data.mean.length !== output.width || parsed.data.deviation.length !== output.width) {
    throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`The statistics of the encoder of "${manifest.id}" cannot be read.`, {
      hint: 'Install the model again.',
      subject: path,
    });
  }
  return parsed.data;
}

/** How far embeddings lie from those of the domain: about 1 for clips of it. Root mean square over channels, in deviations. */
export function strangeness({ rows, width, data }: Embeddings, { mean, deviation }: Pick<EncoderDomain, 'mean' | 'deviation'>): number {
  let sum = 0;
  for (let channel = 0; channel < width; channel++) {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      total += data[row * width + channel] ?? 0;
    }
    sum += ((total / rows - (mean[channel] ?? 0)) / Math.max(leastDeviation, deviation[channel] ?? 0)) ** 2;
  }
  return Math.sqrt(sum / width);
}
