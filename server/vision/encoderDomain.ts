import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { SeeingManifest } from '../models/manifest.js';
import { resolveModelFile } from '../models/modelFiles.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { Embeddings } from './embeddings.js';
import { singularValues } from './singularValues.js';

/** What an encoder answers with for what it was trained on: clips and pictures are different things to it. */
export type EncoderDomain = Record<'video' | 'image', DomainStatistics>;

export interface DomainStatistics {
  /** Of each channel, over clips: of its mean over the rows of a clip. */
  mean: number[];
  deviation: number[];
  /** Directions, in deviations, in which clips vary most; unit vectors, orthogonal, and the variance along each. */
  directions: number[][];
  variances: number[];
  /** Clips that are stranger are unlike what it was trained on. */
  limit: number;
  variety?: LeastVariety;
}

/** How much the rows of a clip differ, from which on something is there to be said of: a plain wall, or noise, is below. */
export interface LeastVariety {
  /** Place of the singular value of the rows that tells, from 0 for the greatest. */
  place: number;
  least: number;
  /** It says nothing of clips that are looked at with fewer. */
  frames: number;
}

const statistic = z.array(z.number().min(-1e6).max(1e6)).max(65_536);
const statisticsSchema = z.object({
  mean: statistic,
  deviation: statistic,
  directions: z.array(statistic).max(1024),
  variances: z.array(z.number().min(0).max(1e9)).max(1024),
  limit: z.number().gt(0),
  variety: z.object({ place: z.int().min(0).max(65_536), least: z.number().gt(0), frames: z.int().min(1) }).optional(),
});
const domainSchema = z.object({ video: statisticsSchema, image: statisticsSchema });

/** Whether embeddings are unlike those of the domain. @param frames that were looked at */
export function isStrange(embeddings: Embeddings, domain: DomainStatistics, frames: number): boolean {
  const { limit, variety } = domain;
  const isPlain = variety !== undefined && frames >= variety.frames && (singularValues(embeddings)[variety.place] ?? 0) < variety.least;
  return isPlain || strangeness(embeddings, domain) > limit;
}

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
  const fits = ({ mean, deviation, directions, variances }: DomainStatistics): boolean =>
    [mean, deviation, ...directions].every(({ length }) => length === output.width) && directions.length === variances.length;
  if (!parsed?.success || !fits(parsed.data.video) || !fits(parsed.data.image)) {
    throw new VideoChatError(ErrorCode.ModelCorrupt, phrase`The statistics of the encoder of "${manifest.id}" cannot be read.`, {
      hint: 'Install the model again.',
      subject: path,
    });
  }
  return parsed.data;
}

/** How much a clip may vary in any direction, as a part of what each channel varies: with few clips no direction is known well. */
const anywhere = 0.5;

/**
 * How far embeddings lie from those of the domain, per channel: well below 1 for clips of it. Mahalanobis distance of their
 * mean over the rows, with a covariance that is half what was measured and half that of independent channels.
 */
export function strangeness({ rows, width, data }: Embeddings, domain: Omit<DomainStatistics, 'limit'>): number {
  const scaled = new Float64Array(width);
  for (let channel = 0; channel < width; channel++) {
    let total = 0;
    for (let row = 0; row < rows; row++) {
      total += data[row * width + channel] ?? 0;
    }
    scaled[channel] = (total / rows - (domain.mean[channel] ?? 0)) / Math.max(leastDeviation, domain.deviation[channel] ?? 0);
  }
  let rest = scaled.reduce((sum, value) => sum + value * value, 0);
  let distance = 0;
  domain.directions.forEach((direction, index) => {
    const along = direction.reduce((sum, value, channel) => sum + value * (scaled[channel] ?? 0), 0) ** 2;
    distance += along / ((1 - anywhere) * (domain.variances[index] ?? 0) + anywhere);
    rest -= along;
  });
  return Math.sqrt((distance + Math.max(0, rest) / anywhere) / width);
}
