import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { ClipCodec } from './entryCodec.js';
import type { PieceItem } from './format.js';
import type { FrameClock } from './frameClock.js';
import { timesOfFrames } from './frameWriter.js';

/** Lists of a task that have results. */
export const resultLists = ['annotations', 'predictions'] as const;
type ResultList = (typeof resultLists)[number];

export interface TaskParts {
  elements: { item: PieceItem; value: Json }[];
  description?: string;
  tags?: string[];
  /** `counts`: how many annotations and predictions; `others`: results that are no items, with their places. */
  hint: { counts: JsonObject; others: Json[] };
}

interface Region {
  start: number;
  end: number;
  label: string | undefined;
  /** Of {@link timesOfFrames}. */
  kept?: Json;
}

/** Whether a task counts frames. */
export function needsFrames(task: JsonObject): boolean {
  return resultLists.some((list) => sets(task, list).some((results) => results.some((each) => member(each, 'type') === 'timelinelabels')));
}

/** What is in a task. Predictions stay where they are; what they say comes as suggestions. */
export function labelStudioElements(task: JsonObject, clock: () => FrameClock): TaskParts {
  const parts: TaskParts = { elements: [], hint: { counts: new Map(), others: [] } };
  for (const list of resultLists) {
    const found = sets(task, list);
    if (Array.isArray(task.get(list))) {
      parts.hint.counts.set(list, found.length);
    }
    found.forEach((results, set) => readResults(parts, list, set, results, clock));
  }
  addPredictionFacts(parts, task);
  return parts;
}

function readResults(parts: TaskParts, list: ResultList, set: number, results: readonly Json[], clock: () => FrameClock): void {
  const used = new Set<number>();
  const suggested = list === 'predictions';
  results.forEach((result, at) => {
    const region = regionOf(result, clock);
    if (!region) {
      return;
    }
    used.add(at);
    const id = member(result, 'id');
    const textAt = results.findIndex((each, i) => !used.has(i) && id !== undefined && member(each, 'id') === id && textOf(each) !== undefined);
    const caption = textAt < 0 ? undefined : textOf(results[textAt] ?? null);
    if (textAt >= 0) {
      used.add(textAt);
    }
    const { start, end, label, kept } = region;
    const text = suggested || textAt < 0 ? undefined : results[textAt];
    const place = suggested ? { set } : { set, at, textAt: text === undefined ? undefined : textAt };
    parts.elements.push({
      item: { list: 'segments', item: { start, end, ...(label !== undefined && { label }), ...(caption !== undefined && { caption }), ...(suggested && { provenance: { author: 'model', status: 'suggested' } }) } },
      value: jsonObject({ result, start, end, text, label, caption, suggested: suggested ? true : undefined, frames: kept, ...place }),
    });
  });
  results.forEach((result, at) => {
    if (suggested || !used.has(at)) {
      parts.hint.others.push(jsonObject({ list, set, at, role: suggested || set > 0 ? undefined : roleOf(parts, result), result }));
    }
  });
}

/** The first text and the first choices about the whole task are the clip's. */
function roleOf(parts: TaskParts, result: Json): string | undefined {
  const text = textOf(result);
  const choices = choicesOf(result);
  if (text !== undefined && parts.description === undefined) {
    parts.description = text;
    return 'description';
  }
  if (choices && parts.tags === undefined) {
    parts.tags = choices;
    return 'tags';
  }
  return undefined;
}

function addPredictionFacts(parts: TaskParts, task: JsonObject): void {
  const predictions = task.get('predictions');
  for (const { item: piece, value } of parts.elements) {
    const set = isJsonObject(value) && value.has('suggested') ? jsonNumber(value.get('set')) : undefined;
    const prediction = set === undefined || !Array.isArray(predictions) ? undefined : predictions[set];
    if (piece.list === 'segments' && isJsonObject(prediction)) {
      const id = prediction.get('model_version');
      const score = jsonNumber(prediction.get('score'));
      const sure = score !== undefined && score >= 0 && score <= 1 ? { confidence: score } : {};
      piece.item.provenance = { ...piece.item.provenance, ...(typeof id === 'string' && id !== '' && { model: { id } }), ...sure };
    }
  }
}

/** A segment of the timeline: in frames from 1, both included, or of sound: in seconds. */
function regionOf(result: Json, clock: () => FrameClock): Region | undefined {
  const type = member(result, 'type');
  const value = member(result, 'value');
  const labels = type === 'timelinelabels' || type === 'labels' ? member(value, type) : undefined;
  const label = Array.isArray(labels) && typeof labels[0] === 'string' ? labels[0] : undefined;
  const ranges = member(value, 'ranges');
  const range = type === 'timelinelabels' && Array.isArray(ranges) && ranges.length === 1 ? ranges[0] : undefined;
  const [start, end] = ['start', 'end'].map((key) => jsonNumber(member(type === 'labels' ? value : range, key)));
  if (start === undefined || end === undefined || !Number.isFinite(start) || !Number.isFinite(end)) {
    return undefined;
  }
  return type === 'labels' ? { start, end, label } : { ...timesOfFrames({ first: start - 1, last: end - 1 }, clock()), label };
}

function sets(task: JsonObject, list: ResultList): Json[][] {
  const found = task.get(list);
  return Array.isArray(found) ? found.map((each) => { const result = member(each, 'result'); return Array.isArray(result) ? result : []; }) : [];
}

/** The text of a text area. */
function textOf(result: Json): string | undefined {
  const text = member(result, 'type') === 'textarea' ? member(member(result, 'value'), 'text') : undefined;
  const lines = Array.isArray(text) ? text : [text];
  return lines.length > 0 && lines.every((line) => typeof line === 'string') ? lines.join('\n') : undefined;
}

function choicesOf(result: Json): string[] | undefined {
  const choices = member(result, 'type') === 'choices' ? member(member(result, 'value'), 'choices') : undefined;
  return Array.isArray(choices) && choices.length > 0 && choices.every((each) => typeof each === 'string') ? (choices) : undefined;
}

export function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) ? value.get(key) : undefined;
}

/** A segment as an element: what `labelStudioLists` makes results of. */
export const elementOfSegment: ClipCodec['writeElement'] = ({ list, item }, isNew) =>
  list !== 'segments'
    ? undefined
    : jsonObject({
        start: item.start,
        end: item.end,
        label: item.label,
        caption: item.caption,
        suggested: item.provenance?.status === 'suggested' && !isNew ? true : undefined,
        id: isNew ? item.id : undefined,
      });
