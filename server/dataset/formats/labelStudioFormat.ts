import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { EntryLayout, NamedClip } from './entryCodec.js';
import { entryFormat } from './entryFormat.js';
import { frameRateOf, knownRate } from './frameClock.js';
import { jsonContainer } from './jsonContainer.js';
import { endingOf } from './clipName.js';
import { EntryMismatch } from './formatError.js';
import { elementOfSegment, labelStudioElements, needsFrames } from './labelStudioElements.js';
import { labelStudioLists } from './labelStudioLists.js';
import { objectOf } from './readJsonFields.js';

const order = [
  'id', 'annotations', 'file_upload', 'drafts', 'predictions', 'data', 'meta', 'created_at', 'updated_at', 'completed_by', 'model_version', 'score',
  'result', 'original_length', 'value', 'ranges', 'start', 'end', 'channel', 'timelinelabels', 'labels', 'text', 'choices', 'from_name', 'to_name', 'type', 'origin',
];

const task: EntryLayout = {
  name: 'tasks',
  order,
  codec: {
    unit: 'clip',
    read: async (value, _position, about) => {
      const entry = objectOf(value, phrase`each task`);
      const data = objectOf(entry.get('data'), '"data"');
      const clip = clipOf(data);
      const fps = rateInTask(entry, data) ?? (needsFrames(entry) ? frameRateOf(await about.media(clip)) : undefined);
      const found = labelStudioElements(entry, () => knownRate(fps));
      return { clip, ...found, hint: jsonObject({ fps, ...found.hint }) };
    },
    writeElement: elementOfSegment,
    write: ({ clip, elements, description, tags, hint, media, lost }) => {
      const told = isJsonObject(hint) ? hint : undefined;
      const fps = jsonNumber(told?.get('fps')) ?? frameRateOf(media);
      if (clip === undefined || (media && elements.length === 0 && description === undefined && !tags)) {
        return undefined;
      }
      const lists = labelStudioLists({ elements, description, tags, hint: told, fps, lost });
      return jsonObject({ ...lists, data: jsonObject({ video: clip }) });
    },
  },
};

/** Label Studio's JSON of tasks. */
export const labelStudioFormat = entryFormat({
  name: 'label-studio',
  extensions: ['.json'],
  unit: 'clip',
  container: jsonContainer({ usual: 'array' }),
  layouts: [task],
  keeps: {
    segments: ['label', 'caption'],
    description: true,
    tags: true,
    unedited: 'equal JSON',
    note: 'Timeline labels are whole frames, so the rate of frames has to be known; predictions become suggestions, and annotations when accepted; other regions are kept, but not used.',
  },
});

/** The clip of a task: the first of its data that is named like one. Uploads have 8 digits before their names. */
function clipOf(data: JsonObject): NamedClip {
  const texts = [data.get('video'), ...data.values()].filter((each) => typeof each === 'string');
  const address = texts.find((text) => endingOf(text.replace(/[?#](?!d=).*$/, '')) !== '') ?? texts[0];
  if (address === undefined) {
    throw new EntryMismatch(phrase`"data" with the clip`);
  }
  const local = /^\/data\/local-files\/\?d=(.+)$/.exec(address)?.[1];
  const upload = /^\/data\/upload\/(?:\d+\/)?(?:[0-9a-f]{8}-)?(.+)$/.exec(address)?.[1];
  const remote = /^[a-z][a-z0-9+.-]*:\/\/[^?#]*?([^/?#]+)(?:[?#].*)?$/i.exec(address)?.[1];
  const name = local ?? upload ?? remote;
  return { name: name === undefined ? address : decoded(name), kind: 'path' };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Frames per second as a task itself tells it, in its data or in its regions. */
function rateInTask(entry: JsonObject, data: JsonObject): number | undefined {
  const said = ['fps', 'frame_rate', 'framerate', 'frameRate'].map((key) => Number(jsonNumber(data.get(key)) ?? data.get(key) ?? NaN));
  const values: JsonObject[] = [];
  const look = (value: Json | undefined): void => {
    if (Array.isArray(value)) {
      value.forEach(look);
    } else if (isJsonObject(value)) {
      values.push(value);
      [value.get('result'), value.get('value')].forEach(look);
    }
  };
  look(entry.get('annotations'));
  look(entry.get('predictions'));
  const counted = values.map((value) => (jsonNumber(value.get('framesCount')) ?? NaN) / (jsonNumber(value.get('duration')) ?? NaN));
  return [...said, ...counted].find((fps) => fps > 0 && Number.isFinite(fps));
}
