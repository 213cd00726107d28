import { z } from 'zod';
import { answersFromChoices, type EvaluationRunParams, evaluationTasks } from '../protocol/index.js';
import { absolutePath, framePlan, identifier, progressToken } from './schemas.js';

/** Of `evaluation/run`, like `schemas`. */
export const evaluationSchemas = {
  run: z.object({
    task: z.enum(evaluationTasks),
    data: z.array(absolutePath).min(1).max(100),
    videos: absolutePath.optional(),
    predictions: absolutePath,
    modelId: identifier.optional(),
    judgeId: identifier.optional(),
    answersFrom: z.enum(answersFromChoices).optional(),
    plan: framePlan.optional(),
    most: z.int().min(1).max(500_000).optional(),
    passOver: z.array(z.string().max(1_000)).max(1_000).optional(),
    progressToken,
  }) satisfies z.ZodType<EvaluationRunParams>,
};
