import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { ClipCodec, EntryLayout } from './entryCodec.js';
import type { EntryContainer } from './entryContainer.js';
import { headOf } from './eitherContainer.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import type { PieceItem } from './format.js';
import { fiftyoneLabels, fiftyoneLabelsContainer } from './fiftyoneLabels.js';
import { type FrameClock, frameClock, knownClock } from './frameClock.js';
import { clockHint, FrameWriter, timesOfFrames } from './frameWriter.js';
import { jsonContainer } from './jsonContainer.js';
import { finiteOf, listOf, objectOf, textOf } from './readJsonFields.js';

const usualField = 'events';
const listClass = 'TemporalDetections';
const order = [
  '_id', 'filepath', 'tags', 'metadata', '_media_type', '_rand', '_dataset_id', '_cls', 'attributes', 'detections', 'label', 'support',
  'confidence', 'caption', 'size_bytes', 'mime_type', 'frame_width', 'frame_height', 'frame_rate', 'total_frame_count', 'duration', 'encoding_str',
];

/** A field's detections are a track; elements have seconds, the file has frames: first and last, from 1. */
function readDetection(field: string, value: Json, clock: () => FrameClock): { item: PieceItem; value: Json } {
  const detection = objectOf(value, phrase`each detection`);
  const [first, last] = listOf(detection.get('support'), '"support"');
  const { start, end, kept } = timesOfFrames({ first: finiteOf(first, '"support"') - 1, last: finiteOf(last, '"support"') - 1 }, clock());
  const text = (key: string): string | undefined => {
    const found = detection.get(key);
    return typeof found === 'string' ? found : undefined;
  };
  const confidence = jsonNumber(detection.get('confidence'));
  const known = confidence !== undefined && confidence >= 0 && confidence <= 1;
  const label = text('label');
  const caption = text('caption');
  const others = new Map([...detection].filter(([key]) => key !== 'support'));
  return {
    item: {
      list: 'segments',
      item: {
        start,
        end,
        track: field,
        ...(label !== undefined && { label }),
        ...(caption !== undefined && { caption }),
        ...(known && { provenance: { confidence } }),
      },
    },
    value: jsonObject({ field, start, end, detection: others, frames: kept }),
  };
}

const writeElement: ClipCodec['writeElement'] = ({ list, item }) => {
  if (list !== 'segments') {
    return undefined;
  }
  const { start, end, track = usualField, label, caption, provenance } = item;
  return jsonObject({ field: track, start, end, detection: jsonObject({ _cls: 'TemporalDetection', label, caption, confidence: provenance?.confidence }) });
};

const sample: EntryLayout = {
  name: 'samples',
  order,
  fits: hasKeys('filepath'),
  codec: {
    unit: 'clip',
    read: async (value, _position, about) => {
      const entry = objectOf(value, phrase`each sample`);
      const clip = { name: textOf(entry.get('filepath'), '"filepath"'), kind: 'path' } as const;
      const metadata = entry.get('metadata');
      const [fps, frameCount] = ['frame_rate', 'total_frame_count'].map((key) => (isJsonObject(metadata) ? jsonNumber(metadata.get(key)) : undefined));
      const fields = [...entry].filter((member): member is [string, JsonObject] => isJsonObject(member[1]) && member[1].get('_cls') === listClass);
      const clock = fields.length > 0 ? await about.clock(clip, { fps, frameCount }) : frameClock({ fps }, undefined);
      const elements = fields.flatMap(([field, list]) => listOf(list.get('detections') ?? [], '"detections"').map((each) => readDetection(field, each, () => knownClock(clock))));
      const tags = tagsOf(entry.get('tags'));
      return { clip, elements, ...(tags && { tags }), ...(clock && { hint: clockHint(clock, fields.length === 0 || undefined) }) };
    },
    writeElement,
    write: async ({ clip, elements, tags, hint, media, clock, lost }) => {
      const writer = new FrameWriter(hint, media, clock);
      if (clip === undefined || (media && elements.length === 0 && !tags)) {
        return undefined;
      }
      const fields = new Map<string, Json[]>();
      for (const element of elements) {
        const { field, detection } = await writeDetection(element, writer);
        if (field === undefined || detection === undefined) {
          lost?.('segments of clips whose frame rate is not known');
        } else {
          fields.set(field, [...(fields.get(field) ?? []), detection]);
        }
      }
      const lists = [...fields].map(([field, detections]): [string, Json] => [field, jsonObject({ _cls: listClass, detections })]);
      const metadata = media && jsonObject({ _cls: 'VideoMetadata', frame_rate: media.fps, total_frame_count: media.frameCount, duration: media.duration });
      return new Map<string, Json>([...jsonObject({ filepath: clip, tags: tags ?? [], metadata }), ...lists]);
    },
  },
};

async function writeDetection(element: Json, writer: FrameWriter): Promise<{ field?: string; detection?: Json }> {
  const members = isJsonObject(element) ? element : new Map<string, Json>();
  const field = members.get('field');
  const detection = members.get('detection');
  const frames = await writer.frames(jsonNumber(members.get('start')) ?? 0, jsonNumber(members.get('end')) ?? 0, members.get('frames'));
  return frames && typeof field === 'string' && isJsonObject(detection)
    ? { field, detection: new Map<string, Json>([...detection, ['support', [frames.first + 1, frames.last + 1]]]) }
    : {};
}

function tagsOf(value: Json | undefined): string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string') ? (value) : undefined;
}

const json = jsonContainer({ usual: 'members', inside: { key: 'samples', isEntry: () => false } });
const samples: EntryContainer = {
  read: (file, setFrame) => json.read(file, setFrame),
  write: (entries, sink, frame) => json.write(entries, sink, frame ?? { inside: 'array' }),
};
const labelsKey = 'labels';
const container: EntryContainer = {
  async *read(file, setFrame) {
    const isLabels = /^\{\s*"(?:labels|classes)"/.test((await headOf(file)).toString('latin1'));
    yield* isLabels ? fiftyoneLabelsContainer.read(file, (frame) => setFrame({ [labelsKey]: frame ?? null })) : samples.read(file, setFrame);
  },
  write: (entries, sink, frame) =>
    typeof frame === 'object' && frame !== null && labelsKey in frame ? fiftyoneLabelsContainer.write(entries, sink, frame[labelsKey] ?? undefined) : samples.write(entries, sink, frame),
};

/** FiftyOne's exported samples with temporal detections, or the labels file of its import. */
export const fiftyoneFormat = entryFormat({
  name: 'fiftyone',
  extensions: ['.json'],
  unit: 'clip',
  container,
  layouts: [sample, fiftyoneLabels],
  keeps: {
    segments: ['track', 'label', 'caption', 'provenance'],
    provenance: ['confidence'],
    tags: true,
    unedited: 'equal JSON',
    note: 'A track is a field of the sample; times are whole frames, so the rate of frames has to be known. A labels file has labels and confidences alone.',
  },
});
