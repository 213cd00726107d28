import { z } from 'zod';
import { Limits, type TextCompleteParams } from '../protocol/index.js';
import { identifier, progressToken, sampling } from './schemas.js';

const text = z.string().max(Limits.questionCharacters);

/** Of `text/complete`, like `schemas`. */
export const textSchemas = {
  complete: z.object({
    modelId: identifier,
    turns: z.array(z.object({ question: text, answer: text })).max(1000).optional(),
    question: text.refine((value) => value.trim() !== '', 'the question is empty'),
    sampling: sampling.optional(),
    progressToken,
  }) satisfies z.ZodType<TextCompleteParams>,
};
