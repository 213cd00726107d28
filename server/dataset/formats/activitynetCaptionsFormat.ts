import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { ClipCodec, EntryLayout, NamedClip } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { EntryMismatch } from './formatError.js';
import type { PieceItem } from './format.js';
import { jsonContainer } from './jsonContainer.js';
import { finiteOf, listOf, objectOf, textOf } from './readJsonFields.js';

const order = ['duration', 'timestamps', 'sentences', 'timestamp', 'sentence'];

/** `{timestamp, sentence}`; one of the two may be missing where the lists of an entry are not of one length. */
function readElement(value: Json): { item: PieceItem; value: Json } {
  const event = objectOf(value, phrase`each event`);
  const times = event.get('timestamp');
  const [start, end] = times === undefined ? [0, 0] : listOf(times, phrase`a timestamp`);
  const sentence = event.get('sentence');
  const item = {
    start: finiteOf(start, phrase`each number of a timestamp`),
    end: finiteOf(end, phrase`each number of a timestamp`),
    ...(sentence === undefined ? {} : { caption: textOf(sentence, phrase`a sentence`) }),
  };
  return { item: { list: 'segments', item }, value };
}

const writeElement: ClipCodec['writeElement'] = ({ list, item }, isNew, lost) => {
  if (list !== 'segments') {
    return undefined;
  }
  const sentence = item.caption ?? item.label;
  if (item.label !== undefined && sentence !== item.label) {
    lost?.('labels beside a caption');
  }
  return isNew && sentence === undefined ? undefined : jsonObject({ timestamp: [item.start, item.end], sentence });
};

const gold: EntryLayout = {
  name: 'gold',
  order,
  fits: (entry) => Array.isArray(entry) && isGold(entry[1] ?? null),
  codec: {
    unit: 'clip',
    read: (entry) => {
      const { clip, value } = memberOf(entry);
      const members = objectOf(value, phrase`each clip`);
      const times = listOf(members.get('timestamps'), '"timestamps"');
      const sentences = listOf(members.get('sentences'), '"sentences"');
      const count = Math.max(times.length, sentences.length);
      const elements = Array.from({ length: count }, (_, i) => readElement(jsonObject({ timestamp: times[i], sentence: sentences[i] })));
      return { clip, elements };
    },
    writeElement,
    write: ({ clip, elements, media }) => {
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const events = elements.filter((each) => isJsonObject(each));
      const members = jsonObject({ duration: media?.duration, timestamps: column(events, 'timestamp', null), sentences: column(events, 'sentence', '') });
      return [clipName(clip, 'id'), members];
    },
  },
};

const results: EntryLayout = {
  name: 'results',
  order,
  fits: (entry) => Array.isArray(entry) && Array.isArray(entry[1]),
  codec: {
    unit: 'clip',
    read: (entry) => {
      const { clip, value } = memberOf(entry);
      return { clip, elements: listOf(value, phrase`the events of a clip`).map(readElement) };
    },
    writeElement,
    write: ({ clip, elements, media }) => (clip === undefined || (media && elements.length === 0) ? undefined : [clipName(clip, 'id'), elements]),
  },
};

/** ActivityNet Captions: the gold files, and results of dense captioning. */
export const activitynetCaptionsFormat = entryFormat({
  name: 'activitynet-captions',
  extensions: ['.json'],
  unit: 'clip',
  container: jsonContainer({ usual: 'members', inside: { key: 'results', isEntry: isGold } }),
  layouts: [gold, results],
  keeps: {
    segments: ['caption', 'label'],
    unedited: 'equal JSON',
    note: 'A label is written where there is no caption.',
  },
});

function isGold(value: Json): boolean {
  return isJsonObject(value) && value.has('timestamps') && value.has('sentences');
}

function memberOf(entry: Json): { clip: NamedClip; value: Json } {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') {
    throw new EntryMismatch(phrase`an object with a member for each clip`);
  }
  return { clip: { name: entry[0], kind: 'id' }, value: entry[1] ?? null };
}

/** One member of all events; what is missing at the end stays so, what is missing in between is filled. */
function column(events: readonly JsonObject[], key: string, filler: Json): Json[] {
  const last = events.findLastIndex((event) => event.has(key));
  return events.slice(0, last + 1).map((event) => event.get(key) ?? filler);
}
