import { phrase, roundTime } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, jsonObject, sameJson } from '../json/json.js';
import { parseJson } from '../json/parseJson.js';
import { writeJson } from '../json/writeJson.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { hasKeys } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import { objectOf, textOf } from './readJsonFields.js';
import { vtimellmHundredths } from './vtimellmTokens.js';

interface Event {
  first: number;
  last: number;
  text?: string;
}
const captioning = 'captioning';

/** VTimeLLM's evaluation log, a line for each answer: events of dense captioning, or where a sentence was found. */
export const vtimellmLog: EntryLayout = {
  name: 'log',
  order: ['video_id', 'task', 'query_id', 'answer', 'info', 'sentence_id', 'iou', 'event', 'timestamps'],
  fits: hasKeys('video_id', 'task', 'answer'),
  codec: {
    unit: 'clip',
    read: async (value, _position, about) => {
      const entry = objectOf(value, phrase`each line`);
      const clip = { name: textOf(entry.get('video_id'), '"video_id"'), kind: 'id' } as const;
      const dense = textOf(entry.get('task'), '"task"') === captioning;
      const answer = entry.get('answer') ?? null;
      const events = dense ? eventsOf(answer) : groundingOf(answer);
      const duration = events.length > 0 ? await about.duration(clip) : undefined;
      if (events.length > 0 && duration === undefined) {
        throw new EntryMismatch(phrase`a clip whose length is known (it has to be in the media folder)`);
      }
      const elements = events.map(({ first, last, text }) => {
        const item = { start: at(first, duration), end: at(dense ? last + 1 : last, duration), ...(text !== undefined && { caption: text }) };
        return { item: { list: 'segments' as const, item }, value: jsonObject(item) };
      });
      return { clip, elements, hint: jsonObject({ answer, task: dense ? undefined : (entry.get('task') ?? undefined), duration, said: elements.map((each) => each.value) }) };
    },
    writeElement: ({ list, item }, isNew) => {
      const caption = list === 'segments' ? (item.caption ?? (isNew ? item.label : undefined)) : undefined;
      return list !== 'segments' || (isNew && caption === undefined) ? undefined : jsonObject({ start: item.start, end: item.end, caption });
    },
    write: ({ clip, elements, hint, media, lost }) => {
      const told = isJsonObject(hint) ? hint : undefined;
      const duration = jsonNumber(told?.get('duration')) ?? media?.duration;
      if (clip === undefined || (!told && elements.length === 0)) {
        return undefined;
      }
      const task = told?.get('task') ?? captioning;
      const same = told !== undefined && sameJson(elements, told.get('said') ?? null);
      if (!same && duration === undefined) {
        lost?.('segments of clips whose length is not known');
        return told ? jsonObject({ video_id: clipName(clip, 'id'), task, answer: told.get('answer') }) : undefined;
      }
      const answer = same ? told.get('answer') : task === captioning ? captions(elements, duration ?? 1) : found(elements, duration ?? 1);
      return jsonObject({ video_id: clipName(clip, 'id'), task, query_id: told ? undefined : 0, answer });
    },
  },
};

/** A list of events, or sentences like "From 00 to 25, a man …". The same event twice in a row is one. */
function eventsOf(answer: Json): Event[] {
  const list = typeof answer === 'string' ? parsed(answer) : answer;
  const events = Array.isArray(list) ? list.flatMap(eventOf) : typeof answer === 'string' ? sentences(answer) : [];
  return events.reduce<Event[]>((merged, event) => {
    const before = merged.at(-1);
    if (before && event.text !== undefined && before.text === event.text) {
      before.last = Math.max(before.last, event.last);
      return merged;
    }
    return [...merged, { ...event }];
  }, []);
}

function eventOf(value: Json): Event[] {
  const entry = isJsonObject(value) ? value : new Map<string, Json>();
  const [times, text] = [entry.get('timestamps'), entry.get('event')];
  const range = typeof times === 'string' ? rangeIn(times) : undefined;
  return range ? [{ ...range, ...(typeof text === 'string' && { text }) }] : [];
}

function sentences(answer: string): Event[] {
  const parts = answer.split(/(?=\bfrom \d{2} (?:to|and) \d{2}\b)/i);
  return parts.flatMap((part) => {
    const range = rangeIn(part);
    const text = part.replace(/^[^]*?\d{2} (?:to|and) \d{2}[\s,.:;]*/, '').trim();
    return range ? [{ ...range, ...(text !== '' && { text }) }] : [];
  });
}

function groundingOf(answer: Json): Event[] {
  const range = typeof answer === 'string' ? rangeIn(answer) : undefined;
  return range ? [range] : [];
}

function rangeIn(text: string): Event | undefined {
  const [, first, last] = /(\d{2}) (?:to|and) (\d{2})/.exec(text) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** @param hundredths of the clip */
function at(hundredths: number, duration: number | undefined): number {
  return roundTime((hundredths * (duration ?? 0)) / 100);
}

function captions(elements: readonly Json[], duration: number): string {
  return writeJson(elements.map((element) => jsonObject({ event: textIn(element), timestamps: `from ${startOf(element, duration)} to ${endOf(element, duration, 1)}` })));
}

function found(elements: readonly Json[], duration: number): string {
  const [element = null] = elements;
  return element === null ? '' : `From ${startOf(element, duration)} to ${endOf(element, duration, 0)}.`;
}

function textIn(element: Json): string {
  const caption = isJsonObject(element) ? element.get('caption') : undefined;
  return typeof caption === 'string' ? caption : '';
}

function startOf(element: Json, duration: number): string {
  return vtimellmHundredths(isJsonObject(element) ? Math.max(0, jsonNumber(element.get('start')) ?? 0) : 0, duration);
}

function endOf(element: Json, duration: number, inclusive: number): string {
  const end = isJsonObject(element) ? (jsonNumber(element.get('end')) ?? 0) : 0;
  return vtimellmHundredths(Math.max(0, end - (inclusive * duration) / 100), duration);
}
