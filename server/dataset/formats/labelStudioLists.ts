import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { Frames } from './frameWriter.js';
import { member, resultLists } from './labelStudioElements.js';

export interface TaskContent {
  elements: readonly Json[];
  description: string | undefined;
  tags: readonly string[] | undefined;
  hint: JsonObject | undefined;
  /** Of each element; undefined: not known. */
  frames: readonly (Frames | undefined)[];
  lost?(what: string): void;
}

/** Where a result stands in its annotation; new ones are last. */
interface Placed {
  at: number;
  result: Json;
}

/** Annotations and predictions of a task, each with its results alone. */
export function labelStudioLists(content: TaskContent): Record<string, Json | undefined> {
  const { hint } = content;
  const others = hint?.get('others');
  const placed = new Map<string, Placed[]>();
  const put = (list: string, set: number, at: number, result: Json): void => {
    const key = `${list} ${set}`;
    placed.set(key, [...(placed.get(key) ?? []), { at, result }]);
  };
  const seen = { description: false, tags: false };
  for (const other of Array.isArray(others) ? others : []) {
    const role = member(other, 'role');
    const result = role === 'description' ? withText(member(other, 'result'), content.description) : role === 'tags' ? withChoices(member(other, 'result'), content.tags) : member(other, 'result');
    seen.description ||= role === 'description';
    seen.tags ||= role === 'tags';
    if (result !== undefined) {
      put(member(other, 'list') === 'predictions' ? 'predictions' : 'annotations', jsonNumber(member(other, 'set')) ?? 0, jsonNumber(member(other, 'at')) ?? 0, result);
    }
  }
  const model = content.elements.map((each) => member(each, 'result')).find((each) => member(each, 'type') === 'timelinelabels');
  content.elements.forEach((element, i) => {
    if (member(element, 'suggested') === true) {
      return;
    }
    const at = jsonNumber(member(element, 'at'));
    const set = at === undefined ? 0 : (jsonNumber(member(element, 'set')) ?? 0);
    const made = segmentResults(element, content.frames[i], model, i);
    if (!made) {
      content.lost?.('segments of clips whose frame rate is not known');
      return;
    }
    put('annotations', set, at ?? Infinity, made.region);
    if (made.text) {
      put('annotations', set, jsonNumber(member(element, 'textAt')) ?? (at === undefined ? Infinity : at + 0.5), made.text);
    }
  });
  if (!seen.description && content.description !== undefined) {
    put('annotations', 0, Infinity, result('description', 'textarea', jsonObject({ text: [content.description] })));
  }
  if (!seen.tags && content.tags) {
    put('annotations', 0, Infinity, result('tags', 'choices', jsonObject({ choices: [...content.tags] })));
  }
  return Object.fromEntries(resultLists.map((list) => [list, setsOf(list, hint, placed)]));
}

function setsOf(list: string, hint: JsonObject | undefined, placed: ReadonlyMap<string, Placed[]>): Json | undefined {
  const told = jsonNumber(member(hint?.get('counts'), list));
  const count = Math.max(told ?? 0, placed.has(`${list} 0`) ? 1 : 0);
  if (told === undefined && count === 0) {
    return undefined;
  }
  return Array.from({ length: count }, (_, set) => {
    const results = [...(placed.get(`${list} ${set}`) ?? [])].sort((a, b) => (a.at === b.at ? 0 : a.at - b.at));
    return jsonObject({ result: results.map((each) => each.result) });
  });
}

/** The results of a segment: its region, and the text area that belongs to it. */
function segmentResults(element: Json, frames: Frames | undefined, model: Json | undefined, index: number): { region: Json; text?: Json } | undefined {
  const start = jsonNumber(member(element, 'start')) ?? 0;
  const end = jsonNumber(member(element, 'end')) ?? 0;
  const label = member(element, 'label');
  const before = member(element, 'result');
  const names = isJsonObject(before) ? before : isJsonObject(model) ? new Map([...model].filter(([key]) => key === 'from_name' || key === 'to_name')) : jsonObject({ from_name: 'videoLabels', to_name: 'video' });
  const type = member(before, 'type') === 'labels' ? 'labels' : 'timelinelabels';
  if (type === 'timelinelabels' && !frames) {
    return undefined;
  }
  const times = type === 'labels' ? { start, end } : { ranges: [rangeOf(member(before, 'value'), frames)] };
  const labels = member(member(before, 'value'), type);
  const others = Array.isArray(labels) ? labels.slice(1) : [];
  const id = names.get('id') ?? member(element, 'id') ?? `segment-${index}`;
  const region = merged(names, { id: names.has('id') || !isJsonObject(before) ? id : undefined, type, value: merged(valueOf(before), { ...times, [type]: typeof label === 'string' ? [label, ...others] : others.length > 0 ? others : undefined }) });
  const caption = member(element, 'caption');
  if (typeof caption !== 'string') {
    return { region };
  }
  const textBefore = member(element, 'text');
  const to = region.get('to_name') ?? 'video';
  const text = isJsonObject(textBefore) ? withText(textBefore, caption) : jsonObject({ id, from_name: 'caption', to_name: to, type: 'textarea', value: jsonObject({ ...times, text: [caption] }) });
  return { region, ...(text === undefined ? {} : { text }) };
}

function rangeOf(value: Json | undefined, frames: Frames | undefined): Json {
  const ranges = member(value, 'ranges');
  const before = Array.isArray(ranges) && isJsonObject(ranges[0]) ? ranges[0] : new Map<string, Json>();
  return frames ? merged(before, { start: frames.first + 1, end: frames.last + 1 }) : before;
}

function withText(before: Json | undefined, text: string | undefined): Json | undefined {
  if (text === undefined || !isJsonObject(before)) {
    return undefined;
  }
  const old = member(before.get('value'), 'text');
  const same = textLines(old) === text;
  return same ? before : merged(before, { value: merged(valueOf(before), { text: typeof old === 'string' ? text : [text] }) });
}

function withChoices(before: Json | undefined, tags: readonly string[] | undefined): Json | undefined {
  return tags && isJsonObject(before) ? merged(before, { value: merged(valueOf(before), { choices: [...tags] }) }) : undefined;
}

function valueOf(result: Json | undefined): JsonObject {
  const value = member(result, 'value');
  return isJsonObject(value) ? value : new Map<string, Json>();
}

function result(name: string, type: string, value: Json): Json {
  return jsonObject({ id: name, from_name: name, to_name: 'video', type, value });
}

/** An object with other members; those that are there keep their places. */
function merged(base: JsonObject, members: Record<string, Json | undefined>): JsonObject {
  return new Map([...base, ...jsonObject(members)]);
}

function textLines(value: Json | undefined): string | undefined {
  const lines = Array.isArray(value) ? value : [value];
  return lines.every((line) => typeof line === 'string') ? lines.join('\n') : undefined;
}
