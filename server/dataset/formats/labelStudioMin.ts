import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { EntryLayout } from './entryCodec.js';
import { knownClock } from './frameClock.js';
import { clockHint, FrameWriter, timesOfFrames } from './frameWriter.js';
import { elementOfSegment, member } from './labelStudioElements.js';
import { clipOfTask } from './labelStudioClip.js';
import { finiteOf, listOf, objectOf } from './readJsonFields.js';

const usualKey = 'videoLabels';
const kinds = ['timelinelabels', 'labels'] as const;
type Kind = (typeof kinds)[number];

/** Label Studio's JSON_MIN: data, and the values of each control under its name. */
export const labelStudioMin: EntryLayout = {
  name: 'min',
  order: ['video', 'id', usualKey, 'ranges', 'start', 'end', 'channel', 'timelinelabels', 'labels', 'annotator', 'annotation_id', 'created_at', 'updated_at', 'lead_time'],
  fits: (entry) => isJsonObject(entry) && !entry.has('data') && (entry.has('annotation_id') || entry.has('annotator')),
  codec: {
    unit: 'clip',
    read: async (value, _position, about) => {
      const entry = objectOf(value, phrase`each task`);
      const clip = clipOfTask(entry);
      const regions = [...entry].flatMap(([key, list]) => (Array.isArray(list) && list.length > 0 && list.every(kindOf) ? list.map((each) => ({ key, value: objectOf(each, key) })) : []));
      const clock = regions.some((each) => kindOf(each.value) === 'timelinelabels') ? knownClock(await about.clock(clip)) : undefined;
      const elements = regions.map(({ key, value: region }) => {
        const kind = kindOf(region) ?? 'labels';
        const labels = region.get(kind);
        const label = Array.isArray(labels) && typeof labels[0] === 'string' ? labels[0] : undefined;
        const [from, to] = timesOf(region, kind);
        const { start, end, kept } = clock && kind === 'timelinelabels' ? timesOfFrames({ first: from - 1, last: to - 1 }, clock) : { start: from, end: to, kept: undefined };
        return {
          item: { list: 'segments' as const, item: { start, end, ...(label !== undefined && { label }) } },
          value: jsonObject({ start, end, label, key, region, frames: kept }),
        };
      });
      return { clip, elements, ...(clock && { hint: clockHint(clock) }) };
    },
    writeElement: elementOfSegment,
    write: async ({ clip, elements, hint, media, clock, lost }) => {
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const writer = new FrameWriter(hint, media, clock);
      const lists = new Map<string, Json[]>();
      const first = member(elements[0], 'key');
      for (const element of elements) {
        const region = await regionOf(element, writer);
        if (region) {
          const key = member(element, 'key') ?? first;
          const name = typeof key === 'string' ? key : usualKey;
          lists.set(name, [...(lists.get(name) ?? []), region]);
        } else {
          lost?.('segments of clips whose frame rate is not known');
        }
      }
      return new Map<string, Json>([['video', clip], ...lists]);
    },
  },
};

/** What marks a stretch of time: of the timeline in frames, of sound in seconds. */
function kindOf(value: Json): Kind | undefined {
  const kind = kinds.find((each) => Array.isArray(member(value, each)));
  const ranges = member(value, 'ranges');
  const isTimed = kind === 'timelinelabels' ? Array.isArray(ranges) && ranges.length === 1 : kind === 'labels' && ['start', 'end'].every((key) => jsonNumber(member(value, key)) !== undefined);
  return isTimed ? kind : undefined;
}

function timesOf(region: JsonObject, kind: Kind): [number, number] {
  const holder = kind === 'labels' ? region : objectOf(listOf(region.get('ranges'), '"ranges"')[0], '"ranges"');
  return [finiteOf(holder.get('start'), '"start"'), finiteOf(holder.get('end'), '"end"')];
}

async function regionOf(element: Json, writer: FrameWriter): Promise<Json | undefined> {
  const before = member(element, 'region');
  const region = isJsonObject(before) ? before : new Map<string, Json>();
  const kind = isJsonObject(before) ? (kindOf(before) ?? 'timelinelabels') : 'timelinelabels';
  const [start, end] = ['start', 'end'].map((key) => jsonNumber(member(element, key)) ?? 0) as [number, number];
  const label = member(element, 'label');
  const old = region.get(kind);
  const labels = typeof label === 'string' ? [label, ...(Array.isArray(old) ? old.slice(1) : [])] : (old ?? []);
  if (kind === 'labels') {
    return new Map<string, Json>([...region, ['start', start], ['end', end], [kind, labels]]);
  }
  const frames = await writer.frames(start, end, member(element, 'frames'));
  const ranges = region.get('ranges');
  const range = Array.isArray(ranges) && isJsonObject(ranges[0]) ? ranges[0] : new Map<string, Json>();
  return frames && new Map<string, Json>([...region, ['ranges', [new Map<string, Json>([...range, ['start', frames.first + 1], ['end', frames.last + 1]])]], [kind, labels]]);
}
