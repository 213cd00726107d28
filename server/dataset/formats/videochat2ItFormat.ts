import { phrase } from '../../protocol/index.js';
import { jsonObject } from '../json/json.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { jsonContainer } from './jsonContainer.js';
import { readTurnsOfQa, turnsOf, turnsToQa } from './questionAnswerTurns.js';
import { finiteOf, listOf, objectOf } from './readJsonFields.js';
import { videoOrImage, videoOrImageMember } from './videochatFormat.js';

const layout: EntryLayout = {
  name: 'instruct',
  order: ['video', 'image', 'start', 'end', 'QA', 'i', 'q', 'a'],
  codec: {
    unit: 'item',
    read: (value) => {
      const entry = objectOf(value, phrase`each item`);
      const turns = readTurnsOfQa(listOf(entry.get('QA'), '"QA"'));
      const [first] = turns;
      if (first && entry.has('start') && entry.has('end')) {
        first.span = { start: finiteOf(entry.get('start'), '"start"'), end: finiteOf(entry.get('end'), '"end"') };
      }
      const clip = entry.has('video') || entry.has('image') ? videoOrImage(entry) : undefined;
      return { clip, item: { list: 'conversations', item: { turns } } };
    },
    write: ({ clip, item }) => {
      const turns = turnsOf(item);
      const span = item.list === 'questions' ? item.item.span : turns?.[0]?.span;
      return turns && jsonObject({ ...videoOrImageMember(clip), start: span?.start, end: span?.end, QA: turnsToQa(turns, true) });
    },
  },
};

/** VideoChat2's instruction data: `i`, `q`, `a`, with or without a stretch of the clip. */
export const videochat2ItFormat = entryFormat({
  name: 'videochat2-it',
  extensions: ['.json'],
  unit: 'item',
  container: jsonContainer({ usual: 'array' }),
  layouts: [layout],
  keeps: {
    questions: ['answer', 'span'],
    conversations: ['system', 'spans'],
    unedited: 'equal JSON',
    note: 'A conversation has one span: that of its first turn.',
  },
});
