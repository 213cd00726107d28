import type { AnswersFrom } from './answersFrom.js';
import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';

/**
 * `mvbench`, `egoschema`, `nextqa`: questions with choices, each by its protocol. `openqa`: questions and answers.
 * `grounding`: when a sentence is true. `densecaption`: events of whole clips. `videochatgpt`: its five scores.
 */
export const evaluationTasks = ['mvbench', 'egoschema', 'nextqa', 'openqa', 'grounding', 'densecaption', 'videochatgpt'] as const;
export type EvaluationTask = (typeof evaluationTasks)[number];

export interface EvaluationRunParams extends Streaming {
  task: EvaluationTask;
  /** The dataset's files, absolute; a folder stands for those of its files that belong to the task. */
  data: string[];
  /** Folder of the clips; left out: beside the data. */
  videos?: string;
  /**
   * JSON Lines, absolute: a record `{ id, answer }`, `{ id, choice }`, `{ id, spans }` or `{ id, captions }` for each item,
   * or `{ id, error }`.
   * Those that are missing or failed are made and appended, if there is a model; the last record of an item counts. For
   * `densecaption` also a file of ActivityNet results, which nothing is appended to.
   */
  predictions: string;
  /** Makes what is missing; left out: only what is there is scored. */
  modelId?: string;
  /** Judges open answers; left out: those are only compared as texts. */
  judgeId?: string;
  answersFrom?: AnswersFrom;
  /** Frame plan; left out: the model's own; for choices `videochat:16` where that is a `videochat:` plan, too. */
  plan?: string;
  /** Only the first so many items. */
  most?: number;
  /** Items that are noted as failed without being asked about: those that a server has died with. */
  passOver?: string[];
}

export interface EvaluationProgress {
  /** `begin`: before an item. `item`: after it. */
  kind: 'begin' | 'item';
  /** `predict`: the model is asked. `judge`: the judge is. */
  what: 'predict' | 'judge';
  id: string;
  done: number;
  total: number;
  /** Why this item failed. */
  problem?: string;
}

/** Some scores of a part of the items, or of all. */
export interface EvaluationRow {
  /** `all`, or what is counted apart. */
  name: string;
  items: number;
  /** By name, e.g. `accuracy`, `R@1 IoU=0.5`. */
  scores: Record<string, number>;
}

export interface EvaluationResult {
  task: EvaluationTask;
  /** All items first. */
  rows: EvaluationRow[];
  items: number;
  /** Items with a prediction. */
  predicted: number;
  /** Items that cannot be read or answered, at most a hundred of them. They count as wrong where their answer is known. */
  failed: { id: string; problem: string }[];
  /** How the scores are computed, where programs differ. */
  notes: string[];
  model?: { id: string; demonstration: boolean };
  judge?: { id: string; demonstration: boolean };
}

/**
 * Scores predictions for a dataset, and makes them first where they are missing. One item that fails does not stop the
 * others. Stopped and asked for again, it goes on where it was.
 *
 * @throws FormatInvalid where a file of the dataset cannot be read at all, InvalidParams for a file of predictions that is
 *   none, AnnotationsNotWritten and DiskFull where predictions cannot be written, RequestCancelled
 */
export const EvaluationRunRequest = clientRequest<EvaluationRunParams, EvaluationResult, EvaluationProgress>('evaluation/run');
