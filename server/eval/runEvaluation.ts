import { randomUUID } from 'node:crypto';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { inOrder } from '../common/inOrder.js';
import { completeText } from '../engine/completeText.js';
import type { Engine } from '../engine/engine.js';
import type { ModelSlot } from '../engine/modelSlot.js';
import {
  elsewhereCodes,
  ErrorCode,
  type EvaluationProgress,
  type EvaluationResult,
  type EvaluationRunParams,
  type EvaluationTask,
  phrase,
  type Phrase,
  VideoChatError,
} from '../protocol/index.js';
import type { SkillContext, SkillHost } from '../skills/summarise/summarise.js';
import type { EvalItem } from './evalItem.js';
import { PredictionFile, type PredictionRecord } from './predictionFile.js';
import { besideData, Predictor } from './predictor.js';
import { readEvalData } from './read/readEvalData.js';
import { type Aspect, judgeForm, judgeGrammar, judgePrompt, readJudgement } from './score/judgement.js';
import { type Answered, scoreItems } from './scoreItems.js';
import { findSynonyms } from './text/synonyms.js';

const mostFailed = 100;
/** Tokens of a judge's dictionary. */
const judgeTokens = 60;

/**
 * Scores predictions for a dataset, making and judging first what is missing: one item after the other, or as many at once as a
 * model elsewhere takes.
 *
 * @throws VideoChatError as `evaluation/run` says; what happens to single items is noted
 */
export async function runEvaluation(
  host: SkillHost,
  { task, data, videos = besideData(data), predictions, modelId, judgeId, answersFrom, plan, most, passOver = [] }: EvaluationRunParams,
  { token, progress }: SkillContext<EvaluationProgress>,
): Promise<EvaluationResult> {
  const { engine, translate } = host;
  const { items, bad } = await readEvalData(task, data, most);
  const slot = modelId === undefined ? undefined : await engine.models.get(modelId);
  const judge = judgeId === undefined ? undefined : await engine.models.get(judgeId);
  const file = await PredictionFile.open(predictions);
  const deadly = new Set(passOver);
  const failed = bad.map(({ id, problem }) => ({ id, problem: translate(problem) }));
  try {
    if (slot && file.grows) {
      const predictor = new Predictor(host, { task, slot, videos, token, ...(answersFrom === undefined ? {} : { answersFrom }), ...(plan === undefined ? {} : { plan }) });
      try {
        const missing = items.filter(({ id }) => isMissing(file.get(id)));
        await fill(file, missing.map((item) => ({ id: item.id, make: () => (deadly.has(item.id) ? died() : predictor.predict(item)) })), items.length, 'predict', slot.manifest.backend?.concurrency ?? 1, token, progress);
      } finally {
        predictor.dispose();
      }
    }
    const judged = judge && (await judgeAll(host, judge, items, file, predictions, token, progress));
    failed.push(...items.flatMap(({ id }) => (file.get(id)?.error ? [{ id, problem: file.get(id)?.error?.message ?? '' }] : [])));
    const answered = items.map((item): Answered => {
      const prediction = file.get(item.id);
      return { item, ...(prediction && !prediction.error ? { prediction } : {}), judgements: judged?.(item) ?? {} };
    });
    const areSynonyms = task === 'densecaption' ? findSynonyms() : undefined;
    return {
      task,
      rows: scoreItems(task, answered, areSynonyms),
      items: items.length,
      predicted: answered.filter(({ prediction }) => prediction !== undefined).length,
      failed: failed.slice(0, mostFailed),
      notes: [...notesOf(task, { judged: judge !== undefined, synonyms: areSynonyms !== undefined }), ...notesOfLetters(slot, answered)].map(translate),
      ...(slot ? { model: { id: slot.manifest.id, demonstration: slot.manifest.demonstration } } : {}),
      ...(judge ? { judge: { id: judge.manifest.id, demonstration: judge.manifest.demonstration } } : {}),
    };
  } finally {
    await file.dispose();
  }
}

/** Models elsewhere may tell how likely each letter was. */
function notesOfLetters(slot: ModelSlot | undefined, answered: readonly Answered[]): Phrase[] {
  const choices = answered.flatMap(({ item, prediction }) => (item.task.kind === 'choice' && prediction ? [prediction] : []));
  const likely = choices.filter(({ logProbs }) => logProbs).length;
  if (likely > 0) {
    return [phrase`Of ${choices.length} answers, ${likely} are the letter that the model found likeliest, by the log-probabilities that it tells.`];
  }
  return slot?.manifest.backend && choices.length > 0 ? [phrase`The model tells no log-probabilities: the letter in its answer counts.`] : [];
}

async function died(): Promise<never> {
  throw new VideoChatError(ErrorCode.ConnectionLost, 'The server ended while it worked on this item.');
}

function isMissing(record: PredictionRecord | undefined): boolean {
  return record === undefined || record.error !== undefined;
}

/** Makes records and adds them in order. One that fails is a record of its failure. @throws RequestCancelled, and what adding throws */
async function fill(
  file: PredictionFile,
  missing: readonly { id: string; make(): Promise<PredictionRecord> }[],
  total: number,
  what: EvaluationProgress['what'],
  width: number,
  token: CancellationToken,
  progress: (value: EvaluationProgress) => void,
): Promise<void> {
  let done = total - missing.length;
  const records = inOrder(missing, width, async ({ id, make }): Promise<PredictionRecord> => {
    throwIfCancelled(token);
    if (width === 1) {
      // Of several nobody could say which one has ended the server.
      progress({ kind: 'begin', what, id, done, total });
    }
    try {
      return await make();
    } catch (error) {
      throwIfCancelled(token);
      if (error instanceof VideoChatError && elsewhereCodes.includes(error.code)) {
        throw error;
      }
      return { id, error: { ...(error instanceof VideoChatError ? { code: error.code } : {}), message: error instanceof Error ? error.message : String(error) } };
    }
  });
  for await (const record of records) {
    await file.add(record);
    progress({ kind: 'item', what, id: record.id, done: ++done, total, ...(record.error ? { problem: record.error.message } : {}) });
  }
}

/** What a judge says of open answers. Judgements are kept beside the predictions. */
async function judgeAll(
  { engine, client }: SkillHost,
  judge: ModelSlot,
  items: readonly EvalItem[],
  predictions: PredictionFile,
  path: string,
  token: CancellationToken,
  progress: (value: EvaluationProgress) => void,
): Promise<(item: EvalItem) => Answered['judgements']> {
  const file = await PredictionFile.open(`${path}.judged-by-${judge.manifest.id}.jsonl`);
  const lane = { client, chat: `judge-${randomUUID()}` };
  const asked = items.flatMap(({ id, task }) => {
    const prediction = predictions.get(id);
    return task.kind === 'open' && prediction && !prediction.error ? task.aspects.map((aspect) => ({ key: keyOf(id, aspect), aspect, task, prediction })) : [];
  });
  const missing = asked.filter(({ key }) => isMissing(file.get(key)));
  try {
    await fill(
      file,
      missing.map(({ key, aspect, task, prediction }) => ({
        id: key,
        make: () => judgeOne(engine, judge, lane, key, aspect, { ...task, predicted: prediction.answer ?? '', ...(prediction.secondAnswer === undefined ? {} : { secondPredicted: prediction.secondAnswer }) }, token),
      })),
      asked.length,
      'judge',
      judge.manifest.backend?.concurrency ?? 1,
      token,
      progress,
    );
  } finally {
    await file.dispose();
  }
  return ({ id, task }) =>
    Object.fromEntries(
      (task.kind === 'open' ? task.aspects : []).flatMap((aspect) => {
        const record = file.get(keyOf(id, aspect));
        return record && !record.error ? [[aspect, record]] : [];
      }),
    );
}

async function judgeOne(
  engine: Engine,
  slot: ModelSlot,
  lane: { client: string; chat: string },
  id: string,
  aspect: Aspect,
  judged: Parameters<typeof judgePrompt>[1],
  token: CancellationToken,
): Promise<PredictionRecord> {
  const { text } = await completeText(engine, { slot, lane, question: judgePrompt(aspect, judged), sampling: { temperature: 0, maxTokens: judgeTokens }, grammar: judgeGrammar(aspect), form: judgeForm(aspect), token });
  const judgement = readJudgement(text);
  if (!judgement) {
    throw new VideoChatError(ErrorCode.InternalError, phrase`The judge has given no score.`);
  }
  return { id, answer: text, ...judgement };
}

function keyOf(id: string, aspect: Aspect): string {
  return `${aspect}:${id}`;
}

function notesOf(task: EvaluationTask, { judged, synonyms }: { judged: boolean; synonyms: boolean }): Phrase[] {
  switch (task) {
    case 'mvbench':
      return [phrase`MVBench's protocol: the first words are compared; an answer without a letter is wrong.`];
    case 'egoschema':
    case 'nextqa':
      return [phrase`The first letter is the answer. With credit, an answer without one counts as chance, as LLoVi counts.`];
    case 'grounding':
      return [phrase`The first span of each query counts; a query without one has an IoU of 0.`];
    case 'densecaption':
      return [
        synonyms
          ? phrase`METEOR with α=0.9, β=3, γ=0.5: equal words, then equal Porter stems, then nouns with a meaning of WordNet in common.`
          : phrase`METEOR with α=0.9, β=3, γ=0.5: equal words, then equal Porter stems; no synonyms.`,
        phrase`CIDEr-D as in coco-caption, rareness within each clip. METEOR and CIDEr-D at IoU 0.3, 0.5, 0.7 and 0.9.`,
        phrase`SODA_c with that METEOR, averaged over clips and then over the files of references.`,
      ];
    case 'openqa':
      return judged ? [] : [phrase`Without a judge, only answers of the same words count as right.`];
    case 'videochatgpt':
      return judged ? [] : [phrase`The five scores need a judge.`];
  }
}
