import { z } from 'zod';
import { type Timeline, type TimelineCreateParams, type TimelineExportParams, speechFallbacks, timelineFormats, timelineTracks } from '../protocol/index.js';
import { identifier, languageCode, progressToken, segment } from './schemas.js';

const track = z.enum(timelineTracks);
const tracks = z.array(track).min(1).max(100);
const seconds = z.number().min(0);
const fraction = z.number();
const text = z.string().max(10_000);

const timeline = z.object({
  contentHash: z.string().max(200),
  durationSeconds: seconds,
  tracks: z.array(z.object({ track, state: z.enum(['complete', 'partial', 'unavailable']), note: text.optional() })).max(100),
  events: z
    .array(
      z.object({
        id: identifier,
        track,
        startSeconds: seconds,
        endSeconds: seconds,
        label: text,
        count: z.int().min(0).optional(),
        confidence: z.number().min(0).max(1),
        source: z.string().max(200),
        box: z.tuple([fraction, fraction, fraction, fraction]).optional(),
        bestSeconds: seconds.optional(),
        weak: z.literal(true).optional(),
      }),
    )
    .max(100_000),
  frameSeconds: z.array(seconds).max(100_000),
  models: z.array(z.object({ id: identifier, name: text, sha256: z.string().max(200) })).max(100),
}) satisfies z.ZodType<Timeline>;

/** Of `timeline/*`, like `schemas`. */
export const timelineSchemas = {
  create: z.object({
    videoId: identifier,
    tracks: tracks.optional(),
    framesPerSecond: z.number().min(0.001).max(120).optional(),
    span: segment.optional(),
    speech: z.object({ fallback: z.enum(speechFallbacks).optional(), language: languageCode.optional() }).optional(),
    progressToken,
  }) satisfies z.ZodType<TimelineCreateParams>,
  export: z.object({ timeline, format: z.enum(timelineFormats), tracks: tracks.optional() }) satisfies z.ZodType<TimelineExportParams>,
};
