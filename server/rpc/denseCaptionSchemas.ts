import { z } from 'zod';
import { type DenseCaptionCreateParams, type DenseCaptionExportParams, denseCaptionFormats, summarySourceChoices, type VideoFacts } from '../protocol/index.js';
import { identifier, progressToken, segment } from './schemas.js';

const seconds = z.number().min(0);
const text = z.string().max(10_000);
/** Of an exported clip only what an annotation document notes of it is used. */
const facts = z.looseObject({
  path: z.string().max(4096),
  contentHash: z.string().max(200),
  kind: z.enum(['video', 'image']),
  durationSeconds: seconds,
  fps: seconds,
  frameCount: z.int().min(0),
  timeBase: z.string().max(100).optional(),
}) as unknown as z.ZodType<VideoFacts>;

/** Of `denseCaption/*`, like `schemas`. */
export const denseCaptionSchemas = {
  create: z.object({
    videoId: identifier,
    modelId: identifier.optional(),
    answersFrom: z.enum(summarySourceChoices).optional(),
    span: segment.optional(),
    windowSeconds: z.number().min(0.5).max(8).optional(),
    progressToken,
  }) satisfies z.ZodType<DenseCaptionCreateParams>,
  export: z.object({
    clips: z
      .array(
        z.object({
          facts,
          captions: z.array(z.object({ startSeconds: seconds, endSeconds: seconds, text })).max(100_000),
          model: z.object({ id: identifier, name: text, demonstration: z.boolean() }).optional(),
        }),
      )
      .min(1)
      .max(10_000),
    format: z.enum(denseCaptionFormats),
  }) satisfies z.ZodType<DenseCaptionExportParams>,
};
