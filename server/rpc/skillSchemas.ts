import { z } from 'zod';
import {
  type ComparisonCreateParams,
  type NarrationCreateParams,
  type NarrationExportParams,
  narrationFormats,
  type SummaryCreateParams,
  summaryKinds,
  summarySourceChoices,
  type VideoFacts,
} from '../protocol/index.js';
import { framePlan, identifier as id, progressToken, segment } from './schemas.js';

const answersFrom = z.enum(summarySourceChoices).optional();
const seconds = z.number().min(0);
const text = z.string().max(10_000);

/** Of a narration's clip only its name and content are used. */
const facts = z.looseObject({ path: z.string().max(4096), contentHash: z.string().max(200), durationSeconds: seconds }) as unknown as z.ZodType<VideoFacts>;

/** Of summaries, narrations and comparisons, like `schemas`. */
export const skillSchemas = {
  summaryCreate: z.object({
    videoId: id,
    modelId: id,
    kind: z.enum(summaryKinds).optional(),
    span: segment.optional(),
    answersFrom,
    plan: framePlan.optional(),
    windowSeconds: z.number().min(0.5).max(8).optional(),
    progressToken,
  }) satisfies z.ZodType<SummaryCreateParams>,
  narrationCreate: z.object({
    videoId: id,
    modelId: id,
    everySeconds: z.number().min(0.5).max(60).optional(),
    span: segment.optional(),
    variants: z.int().min(0).max(20).optional(),
    answersFrom,
    progressToken,
  }) satisfies z.ZodType<NarrationCreateParams>,
  narrationExport: z.object({
    narration: z.object({
      facts,
      lines: z.array(z.object({ startSeconds: seconds, endSeconds: seconds, text, variants: z.array(text).max(20).optional() })).max(10_000),
    }),
    format: z.enum(narrationFormats),
  }) satisfies z.ZodType<NarrationExportParams>,
  comparisonCreate: z.object({ videoIds: z.tuple([id, id]), modelId: id.optional(), progressToken }) satisfies z.ZodType<ComparisonCreateParams>,
};
