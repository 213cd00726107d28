import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import { fromPlain } from '../json/plainJson.js';
import { writeJson } from '../json/writeJson.js';
import { clipName } from './clipName.js';
import type { EntryLayout } from './entryCodec.js';
import type { EntryContainer } from './entryContainer.js';
import { isMember, memberOf } from './entryMember.js';
import { knownClock } from './frameClock.js';
import { clockHint, FrameWriter, timesOfFrames } from './frameWriter.js';
import { jsonContainer } from './jsonContainer.js';
import { finiteOf, listOf, objectOf } from './readJsonFields.js';

const json = jsonContainer({ usual: 'members', inside: { key: 'labels', isEntry: () => false } });

/** The classes stand around the labels, maybe behind: the file is read twice. */
export const fiftyoneLabelsContainer: EntryContainer = {
  async *read(file, setFrame) {
    let frame: unknown;
    for await (const _ of json.read(file, (found) => (frame = found))) {
      // Only what stands around them is wanted.
    }
    setFrame(frame);
    yield* json.read(file, () => undefined);
  },
  write: (entries, sink, frame) => json.write(entries, sink, frame),
};

/** FiftyOneTemporalDetectionDataset's labels: a list for each clip, in frames (`support`) or seconds (`timestamps`). */
export const fiftyoneLabels: EntryLayout = {
  name: 'labels',
  order: ['label', 'support', 'timestamps', 'confidence', 'attributes'],
  fits: isMember((value) => Array.isArray(value) || value === null),
  codec: {
    unit: 'clip',
    read: async (entry, _position, about) => {
      const { key, value } = memberOf(entry);
      const clip = { name: key, kind: 'id' } as const;
      const labels = listOf(value ?? [], phrase`the labels of a clip`).map((each) => objectOf(each, phrase`each label`));
      const clock = labels.some((each) => each.has('support')) ? knownClock(await about.clock(clip)) : undefined;
      const classes = classesOf(about.frame);
      const elements = labels.map((each) => {
        const [first, second] = (each.has('support') ? listOf(each.get('support'), '"support"') : listOf(each.get('timestamps'), '"timestamps"')).map((time) => finiteOf(time, '"support"'));
        const [from, to] = [first ?? 0, second ?? 0];
        const { start, end, kept } = clock && each.has('support') ? timesOfFrames({ first: from - 1, last: to - 1 }, clock) : { start: from, end: to, kept: undefined };
        const said = each.get('label') ?? null;
        const label = typeof said === 'string' ? said : classes[jsonNumber(said) ?? -1];
        const confidence = jsonNumber(each.get('confidence'));
        const sure = confidence !== undefined && confidence >= 0 && confidence <= 1 ? { provenance: { confidence } } : {};
        const others = new Map([...each].filter(([name]) => !['label', 'support', 'timestamps'].includes(name)));
        const isNumber = typeof said !== 'string' && label !== undefined;
        return {
          item: { list: 'segments' as const, item: { start, end, ...(label !== undefined && { label }), ...sure } },
          value: jsonObject({ start, end, label: label ?? said, number: isNumber ? true : undefined, seconds: each.has('support') ? undefined : true, frames: kept, others }),
        };
      });
      return { clip, elements, ...(clock && { hint: clockHint(clock) }) };
    },
    writeElement: ({ list, item }, isNew) =>
      list !== 'segments' || (isNew && item.label === undefined)
        ? undefined
        : jsonObject({ start: item.start, end: item.end, label: item.label, others: jsonObject({ confidence: item.provenance?.confidence }) }),
    write: async ({ clip, elements, hint, media, clock, frame, lost }) => {
      if (clip === undefined || (media && elements.length === 0)) {
        return undefined;
      }
      const writer = new FrameWriter(hint, media, clock);
      const classes = classesOf(frame);
      const labels: Json[] = [];
      for (const element of elements) {
        const members = isJsonObject(element) ? element : new Map<string, Json>();
        const others = members.get('others');
        const times = await timesOf(members, writer);
        const label = members.get('label') ?? null;
        const number = members.has('number') || classes.length > 0 ? classes.findIndex((each) => each === label) : -1;
        if (times) {
          labels.push(new Map<string, Json>([['label', number >= 0 && (members.has('number') || !members.has('seconds')) ? number : label], times, ...(isJsonObject(others) ? others : [])]));
        } else {
          lost?.('segments of clips whose frame rate is not known');
        }
      }
      return [clipName(clip, 'id'), labels];
    },
  },
};

async function timesOf(members: JsonObject, writer: FrameWriter): Promise<[string, Json] | undefined> {
  const [start, end] = [jsonNumber(members.get('start')) ?? 0, jsonNumber(members.get('end')) ?? 0];
  if (members.has('seconds')) {
    return ['timestamps', [start, end]];
  }
  const frames = await writer.frames(start, end, members.get('frames'));
  return frames && ['support', [frames.first + 1, frames.last + 1]];
}

function classesOf(plain: unknown): string[] {
  const within = typeof plain === 'object' && plain !== null && 'labels' in plain ? plain.labels : plain;
  const frame = fromPlain(within ?? null);
  const around = isJsonObject(frame) ? ['before', 'after'].map((key) => frame.get(key)) : [];
  const found = around.flatMap((each): Json[] => {
    const classes = isJsonObject(each) ? each.get('classes') : undefined;
    return Array.isArray(classes) ? classes : [];
  });
  return found.map((each) => (typeof each === 'string' ? each : writeJson(each)));
}
