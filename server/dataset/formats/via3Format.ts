import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, type JsonObject, jsonObject } from '../json/json.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { memberOf } from './entryMember.js';
import { EntryMismatch } from './formatError.js';
import { finiteOf, listOf, objectOf } from './readJsonFields.js';
import { via3Container } from './via3Container.js';
import { Via3Project } from './via3Project.js';

const order = ['vid', 'flg', 'z', 'xy', 'av'];
/** Frames are looked up for every entry; their projects are made once. */
const projects = new WeakMap<object, Via3Project>();

function projectOf(frame: unknown): Via3Project {
  if (typeof frame !== 'object' || frame === null) {
    return new Via3Project(undefined);
  }
  const found = projects.get(frame) ?? new Via3Project(frame);
  projects.set(frame, found);
  return found;
}

const metadata: EntryLayout = {
  name: 'metadata',
  order,
  codec: {
    unit: 'item',
    read: (entry, _position, { frame }) => {
      const { key, value } = memberOf(entry);
      const members = objectOf(value, phrase`each entry of "metadata"`);
      const vid = members.get('vid');
      const project = projectOf(frame);
      const name = typeof vid === 'string' ? project.clipOfView(vid) : undefined;
      const times = listOf(members.get('z'), '"z"');
      const shape = members.get('xy');
      if (name === undefined || times.length !== 2 || (Array.isArray(shape) && shape.length > 0)) {
        throw new EntryMismatch(phrase`a stretch of time in a file of the project`);
      }
      const attribute = project.timeAttribute();
      const said = textIn(members.get('av'), attribute?.id);
      const option = said === undefined ? undefined : attribute?.options.get(said);
      const text = option === undefined ? { caption: said } : { label: option };
      const [start, end] = times.map((each) => finiteOf(each, '"z"'));
      return {
        clip: { name, kind: 'path' },
        item: { list: 'segments', item: { start: start ?? 0, end: end ?? 0, ...(said !== undefined && text) } },
        hint: jsonObject({ key, vid: vid ?? null }),
      };
    },
    write: ({ clip, item: { list, item }, hint, frame, newId, position }) => {
      if (list !== 'segments' || clip === undefined) {
        return undefined;
      }
      const attribute = projectOf(frame).timeAttribute() ?? { id: '1', options: new Map<string, string>() };
      const option = [...attribute.options].find(([, text]) => text === item.label)?.[0];
      const said = attribute.options.size > 0 ? (option ?? item.caption ?? item.label) : (item.caption ?? item.label);
      const value = jsonObject({ flg: 0, z: [item.start, item.end], xy: [], av: jsonObject({ [attribute.id]: said }) });
      const told: JsonObject | undefined = isJsonObject(hint) ? hint : undefined;
      const vid = told?.get('vid');
      const key = told?.get('key');
      return typeof key === 'string' && vid !== undefined
        ? [key, new Map<string, Json>([['vid', vid], ...value])]
        : [newId ?? `segment-${position}`, new Map<string, Json>([['vid', ''], ...value]), clip];
    },
  },
};

function textIn(value: Json | undefined, key: string | undefined): string | undefined {
  const found = isJsonObject(value) && key !== undefined ? value.get(key) : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** VIA 3's project files with stretches of time. */
export const via3Format = entryFormat({
  name: 'via3',
  extensions: ['.json'],
  unit: 'item',
  container: via3Container,
  layouts: [metadata],
  keeps: {
    segments: ['label', 'caption'],
    unedited: 'equal JSON',
    note: 'The first attribute of stretches of time: a label where it is one of its options, else the caption. Regions of pictures are kept, but not used.',
  },
});
