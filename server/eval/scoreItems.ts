import type { EvaluationRow, EvaluationTask } from '../protocol/index.js';
import type { EvalItem } from './evalItem.js';
import type { PredictionRecord } from './predictionFile.js';
import { type ChoiceProtocol, type ChoiceScore, letters, scoreChoices } from './score/choices.js';
import { denseThresholds, mean, scoreDenseCaptions } from './score/denseCaptions.js';
import { groundingThresholds, scoreGrounding } from './score/grounding.js';
import type { Aspect } from './score/judgement.js';
import type { Span } from './score/spans.js';
import { readSpans } from './readSpans.js';
import type { AreSynonyms } from './text/synonyms.js';
import { tokenizeCaption } from './text/tokenizeCaption.js';

/** What is known of each item when it is scored. */
export interface Answered {
  item: EvalItem;
  prediction?: PredictionRecord;
  /** By aspect, where there is a judge. */
  judgements: Partial<Record<Aspect, PredictionRecord>>;
}

/** The scores of a task; all items first. @param areSynonyms for METEOR; left out: no words are */
export function scoreItems(task: EvaluationTask, answered: readonly Answered[], areSynonyms?: AreSynonyms): EvaluationRow[] {
  switch (task) {
    case 'mvbench':
    case 'egoschema':
    case 'nextqa':
      return choiceRows(task, answered);
    case 'openqa':
      return openRows(answered);
    case 'videochatgpt':
      return fiveScores(answered);
    case 'grounding':
      return groundingRows(answered);
    case 'densecaption':
      return denseRows(answered, areSynonyms);
  }
}

function choiceRows(protocol: ChoiceProtocol, answered: readonly Answered[]): EvaluationRow[] {
  const items = answered.flatMap(({ item: { task }, prediction }) => {
    const { answer = prediction?.choice === undefined ? undefined : letters[prediction.choice] } = prediction ?? {};
    return task.kind === 'choice' ? [{ ...task.choice, ...(answer === undefined ? {} : { answer }) }] : [];
  });
  const { all, categories } = scoreChoices(protocol, items);
  const row = (name: string, { items: count, right, invalid, accuracy, creditedAccuracy }: ChoiceScore): EvaluationRow => ({
    name,
    items: count,
    scores: { accuracy, right, invalid, ...(protocol === 'mvbench' ? {} : { 'accuracy with credit': creditedAccuracy }) },
  });
  const rows = Object.entries(categories).map(([name, score]) => row(name, score));
  const overTasks: Record<string, number> = protocol === 'mvbench' && rows.length > 1 ? { 'mean over tasks': mean(Object.values(categories).map(({ accuracy }) => accuracy)) } : {};
  const total = row('all', all);
  return [{ ...total, scores: { ...total.scores, ...overTasks } }, ...(rows.length > 1 ? rows : [])];
}

/** Without a judge, an answer is right that says the same words; that is less than a judge would grant. */
function openRows(answered: readonly Answered[]): EvaluationRow[] {
  const judged = answered.some(({ judgements }) => judgements.match);
  const same = answered.map(({ item: { task }, prediction }) => Number(task.kind === 'open' && sameWords(prediction?.answer ?? '', task.answer)));
  return [
    {
      name: 'all',
      items: answered.length,
      scores: {
        'same words': mean(same),
        ...(judged ? { accuracy: mean(answered.map(({ judgements }) => Number(judgements.match?.match ?? false))), score: mean(answered.map(({ judgements }) => judgements.match?.score ?? 0)) } : {}),
      },
    },
  ];
}

function sameWords(a: string, b: string): boolean {
  const words = (text: string): string => tokenizeCaption(text).filter((word) => !/^(?:an?|the)$/.test(word)).join(' ');
  return words(a) !== '' && words(a) === words(b);
}

const fiveAspects = ['correctness', 'detail', 'context', 'temporal', 'consistency'] as const;

/** Answers that were not judged have no score, and are counted by `judged`. */
function fiveScores(answered: readonly Answered[]): EvaluationRow[] {
  const row = (name: string, items: readonly Answered[]): EvaluationRow => {
    const scores = fiveAspects.flatMap((aspect): [string, number][] => {
      const given = items.flatMap(({ judgements }) => judgements[aspect]?.score ?? []);
      return given.length > 0 ? [[aspect, mean(given)]] : [];
    });
    const judged = items.filter(({ judgements }) => Object.keys(judgements).length > 0).length;
    return { name, items: items.length, scores: { judged, ...Object.fromEntries(scores), ...(scores.length === fiveAspects.length ? { mean: mean(scores.map(([, value]) => value)) } : {}) } };
  };
  const categories = [...new Set(answered.flatMap(({ item: { task } }) => (task.kind === 'open' ? [task.category] : [])))];
  const rows = categories.map((name) => row(name, answered.filter(({ item: { task } }) => task.kind === 'open' && task.category === name)));
  return [row('all', answered), ...(rows.length > 1 ? rows : [])];
}

function groundingRows(answered: readonly Answered[]): EvaluationRow[] {
  const queries = answered.flatMap(({ item: { task }, prediction }) => {
    const predicted: Span | undefined = prediction?.spans?.[0] ?? readSpans(prediction?.answer)[0];
    return task.kind === 'grounding' ? [{ right: task.right, ...(predicted ? { predicted } : {}) }] : [];
  });
  const { items, recallAt1, meanIou } = scoreGrounding(queries);
  const recalls = groundingThresholds.map((threshold, i): [string, number] => [`R@1 IoU=${threshold}`, recallAt1[i] ?? 0]);
  return [{ name: 'all', items, scores: { ...Object.fromEntries(recalls), mIoU: meanIou } }];
}

function denseRows(answered: readonly Answered[], areSynonyms: AreSynonyms | undefined): EvaluationRow[] {
  const scores = scoreDenseCaptions(
    answered.flatMap(({ item: { task }, prediction }) =>
      task.kind === 'dense' ? [{ references: task.references, predicted: (prediction?.captions ?? []).map(({ sentence, timestamp }) => ({ sentence, span: timestamp })) }] : [],
    ),
    areSynonyms,
  );
  const at = denseThresholds.flatMap((threshold, i): [string, number][] => [
    [`METEOR IoU=${threshold}`, scores.meteor[i] ?? 0],
    [`CIDEr-D IoU=${threshold}`, scores.cider[i] ?? 0],
  ]);
  return [{ name: 'all', items: scores.clips, scores: { SODA_c: scores.sodaC, METEOR: scores.meanMeteor, 'CIDEr-D': scores.meanCider, ...Object.fromEntries(at) } }];
}
