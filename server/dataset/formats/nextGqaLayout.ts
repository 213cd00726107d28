import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonObject } from '../json/json.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import { hasAny, isMember, memberOf } from './entryMember.js';
import type { PieceItem } from './format.js';
import { finiteOf, listOf, objectOf } from './readJsonFields.js';

function readSpan(qid: string, value: Json): { item: PieceItem; value: Json } {
  const [start, end] = listOf(value, phrase`a timestamp`);
  const what = phrase`each number of a timestamp`;
  const item = { start: finiteOf(start, what), end: finiteOf(end, what), attributes: { qid } };
  return { item: { list: 'segments', item }, value: jsonObject({ qid, span: value }) };
}

/** NExT-GQA: `{video: {duration, location: {qid: [[start, end], …]}}}`. A segment is where the answer can be seen. */
export const nextGqaLayout: EntryLayout = {
  name: 'grounding',
  order: ['location', 'duration', 'fps', 'qid', 'span'],
  fits: isMember(hasAny('location')),
  codec: {
    unit: 'clip',
    read: (entry) => {
      const { key, value } = memberOf(entry);
      const location = objectOf(objectOf(value, phrase`each clip`).get('location'), '"location"');
      const elements = [...location].flatMap(([qid, spans]) => listOf(spans, phrase`the spans of a question`).map((span) => readSpan(qid, span)));
      return { clip: { name: key, kind: 'id' }, elements };
    },
    writeElement: ({ list, item }) => {
      const qid = list === 'segments' ? item.attributes?.qid : undefined;
      return list === 'segments' && (typeof qid === 'string' || typeof qid === 'number')
        ? jsonObject({ qid: String(qid), span: [item.start, item.end] })
        : undefined;
    },
    write: ({ clip, elements, media }) => {
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const location = new Map<string, Json[]>();
      for (const element of elements) {
        const qid = isJsonObject(element) ? element.get('qid') : undefined;
        const span = isJsonObject(element) ? element.get('span') : undefined;
        if (typeof qid === 'string' && span !== undefined) {
          location.set(qid, [...(location.get(qid) ?? []), span]);
        }
      }
      return [clipName(clip, 'id'), jsonObject({ duration: media?.duration, location })];
    },
  },
};
