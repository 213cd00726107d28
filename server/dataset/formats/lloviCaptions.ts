import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { ClipCodec, EntryLayout } from './entryCodec.js';
import { isMember, memberOf } from './entryMember.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem } from './format.js';
import { knownClock } from './frameClock.js';
import { clockHint, FrameWriter, timesOfFrames } from './frameWriter.js';
import { listOf, objectOf, textOf } from './readJsonFields.js';

const longestSeconds = 1_000_000;
const order = ['start', 'end', 'caption'];

function elementOf(start: number, end: number, caption: string, frames?: Json): { item: PieceItem; value: Json } {
  return { item: { list: 'segments', item: { start, end, caption } }, value: jsonObject({ start, end, caption, frames }) };
}

const writeElement: ClipCodec['writeElement'] = ({ list, item }, isNew) => {
  if (list !== 'segments' || (isNew && item.start > longestSeconds)) {
    return undefined;
  }
  const caption = item.caption ?? item.label;
  return isNew && caption === undefined ? undefined : jsonObject({ start: item.start, end: item.end, caption: caption ?? '' });
};

function partsOf(element: Json): { start: number; end: number; caption: string; frames: Json | undefined } {
  const member = (key: string): Json | undefined => (isJsonObject(element) ? element.get(key) : undefined);
  const caption = member('caption');
  return { start: jsonNumber(member('start')) ?? 0, end: jsonNumber(member('end')) ?? 0, caption: typeof caption === 'string' ? caption : '', frames: member('frames') };
}

/** A list of captions, one for each second. A longer segment is said in each of its seconds that has no other caption. */
export const lloviSeconds: EntryLayout = {
  name: 'seconds',
  order,
  fits: isMember(Array.isArray),
  codec: {
    unit: 'clip',
    read: (entry) => {
      const { key, value } = memberOf(entry);
      const captions = listOf(value, phrase`the captions of a clip`);
      return { clip: { name: key, kind: 'id' }, elements: captions.map((text, i) => elementOf(i, i + 1, textOf(text, phrase`a caption`))) };
    },
    writeElement,
    write: ({ clip, elements, media }) =>
      clip === undefined || (media && elements.length === 0) ? undefined : [clipName(clip, 'id'), captionList(elements)],
  },
};

function captionList(elements: readonly Json[]): string[] {
  const captions: string[] = [];
  const parts = elements.map(partsOf);
  const place = (second: number, caption: string): void => {
    while (captions.length < second) {
      captions.push('');
    }
    captions[second] = caption;
  };
  // Each one first has the second it begins in; one that has none goes behind the others.
  const taken = new Set<number>();
  const own = parts.map(({ start }) => {
    let second = Math.min(longestSeconds, Math.max(0, Math.floor(start)));
    while (taken.has(second)) {
      second++;
    }
    taken.add(second);
    return second;
  });
  [...parts.entries()].sort(([a], [b]) => (own[a] ?? 0) - (own[b] ?? 0)).forEach(([i, { caption }]) => place(own[i] ?? 0, caption));
  for (const { start, end, caption } of parts) {
    for (let second = Math.floor(start) + 1; second < Math.min(end, longestSeconds); second++) {
      if (second >= 0 && !taken.has(second)) {
        taken.add(second);
        place(second, caption);
      }
    }
  }
  return captions;
}

/** Captions of some frames: each goes on until the next. */
export const lloviFrames: EntryLayout = {
  name: 'frames',
  order,
  fits: isMember((value) => isJsonObject(value) && value.size > 0 && [...value.keys()].every((key) => /^\d+$/.test(key))),
  codec: {
    unit: 'clip',
    read: async (entry, _position, about) => {
      const { key, value } = memberOf(entry);
      const captions = [...objectOf(value, phrase`the captions of a clip`)];
      const clip = { name: key, kind: 'id' } as const;
      const clock = knownClock(await about.clock(clip));
      const frames = captions.map(([frame]) => frameNumber(frame));
      const step = frames.length > 1 ? Math.max(1, (frames.at(-1) ?? 0) - (frames.at(-2) ?? 0)) : 1;
      const elements = captions.map(([, text], i) => {
        const first = frames[i] ?? 0;
        const { start, end, kept } = timesOfFrames({ first, last: (frames[i + 1] ?? first + step) - 1 }, clock);
        return elementOf(start, end, textOf(text, phrase`a caption`), kept);
      });
      return { clip, elements, hint: clockHint(clock) };
    },
    writeElement,
    write: async ({ clip, elements, hint, media, clock, lost }) => {
      const writer = new FrameWriter(hint, media, clock);
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const captions: JsonObject = new Map();
      for (const { start, end, caption, frames } of elements.map(partsOf)) {
        let frame = (await writer.frames(start, end, frames))?.first;
        if (frame === undefined) {
          lost?.('segments of clips whose frame rate is not known');
          return undefined;
        }
        while (captions.has(String(frame))) {
          frame++;
        }
        captions.set(String(frame), caption);
      }
      return [clipName(clip, 'id'), captions];
    },
  },
};

function frameNumber(key: string): number {
  if (!/^\d{1,9}$/.test(key)) {
    throw new EntryMismatch(phrase`frame numbers`);
  }
  return Number(key);
}
