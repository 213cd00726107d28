import { z } from 'zod';
import { type FrameSights, sightKinds, type SightKind } from '../observations.js';
import { thumbnailBytes } from '../sampling/thumbnail.js';

/** A frame as it is kept: what is known of it, and which models that is from. */
export interface KeptFrame {
  frame: number;
  brightness: number;
  thumbnail: Uint8Array; // [9,16]
  sights: FrameSights;
  /** Hashes of the models that were asked, by kind. A kind without sights could not be seen in this frame. */
  models: Partial<Record<SightKind, string>>;
}

const fraction = z.number().min(-10).max(10);
const score = z.number().min(0).max(1);
const box = z.tuple([fraction, fraction, fraction, fraction]);
const list = <T extends z.ZodType>(item: T): z.ZodArray<T> => z.array(item).max(2000);
const recordSchema = z.strictObject({
  frame: z.int().min(0),
  brightness: score,
  thumbnail: z.base64().length(Math.ceil(thumbnailBytes / 3) * 4),
  models: z.partialRecord(z.enum(sightKinds), z.string().max(200)),
  objects: list(z.strictObject({ label: z.string().max(100), score, box })).optional(),
  texts: list(z.strictObject({ text: z.string().max(5000), score, box })).optional(),
  faces: list(z.strictObject({ score, box })).optional(),
  poses: list(z.strictObject({ box, keypoints: z.array(fraction).length(51) })).optional(),
});

/** One line of JSON, without line breaks. Numbers are rounded: what is kept and what is used must be the same. */
export function serialiseFrame({ frame, brightness, thumbnail, sights, models }: KeptFrame): string {
  const poses = sights.poses?.map(({ box, keypoints }) => ({ box, keypoints: [...keypoints] }));
  const record = { frame, brightness, thumbnail: Buffer.from(thumbnail).toString('base64'), models, ...sights, ...(poses ? { poses } : {}) };
  return JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'number' ? Math.round(Math.min(1e9, Math.max(-1e9, value)) * 1e4) / 1e4 : value,
  );
}

/** @returns undefined for a line that is not one of ours, or was not written to its end */
export function parseFrame(line: string): KeptFrame | undefined {
  try {
    const { frame, brightness, thumbnail, models, poses, ...sights } = recordSchema.parse(JSON.parse(line));
    return {
      frame,
      brightness,
      thumbnail: new Uint8Array(Buffer.from(thumbnail, 'base64')),
      models,
      sights: { ...sights, ...(poses ? { poses: poses.map((pose) => ({ box: pose.box, keypoints: Float32Array.from(pose.keypoints) })) } : {}) },
    };
  } catch {
    return undefined;
  }
}
