import { phrase } from '../../protocol/index.js';
import { isJsonObject, type Json, jsonNumber, type JsonObject, jsonObject } from '../json/json.js';
import type { EntryLayout } from './entryCodec.js';
import { entryFormat, hasKeys } from './entryFormat.js';
import { frameClock, knownClock, type ToldFrames } from './frameClock.js';
import { clockHint, FrameWriter } from './frameWriter.js';
import { jsonContainer } from './jsonContainer.js';
import { clipOfTask } from './labelStudioClip.js';
import { elementOfSegment, labelStudioElements, member, needsFrames } from './labelStudioElements.js';
import { labelStudioLists } from './labelStudioLists.js';
import { labelStudioMin } from './labelStudioMin.js';
import { objectOf } from './readJsonFields.js';

const order = [
  'id', 'annotations', 'file_upload', 'drafts', 'predictions', 'data', 'meta', 'created_at', 'updated_at', 'completed_by', 'model_version', 'score',
  'result', 'original_length', 'value', 'ranges', 'start', 'end', 'channel', 'timelinelabels', 'labels', 'text', 'choices', 'from_name', 'to_name', 'type', 'origin',
];

const task: EntryLayout = {
  name: 'tasks',
  order,
  fits: hasKeys('data'),
  codec: {
    unit: 'clip',
    read: async (value, _position, about) => {
      const entry = objectOf(value, phrase`each task`);
      const data = objectOf(entry.get('data'), '"data"');
      const clip = clipOfTask(data);
      const told = framesInTask(entry, data);
      const counts = needsFrames(entry);
      const clock = counts ? await about.clock(clip, told) : frameClock(told, undefined);
      const found = labelStudioElements(entry, () => knownClock(clock));
      return { clip, ...found, hint: jsonObject({ fps: clock && clockHint(clock, !counts || undefined), ...found.hint }) };
    },
    writeElement: elementOfSegment,
    write: async ({ clip, elements, description, tags, hint, media, clock, lost }) => {
      const told = isJsonObject(hint) ? hint : undefined;
      if (clip === undefined || (media && elements.length === 0 && description === undefined && !tags)) {
        return undefined;
      }
      const writer = new FrameWriter(told?.get('fps'), media, clock);
      const seconds = (element: Json, key: string): number => jsonNumber(member(element, key)) ?? 0;
      const frames = await Promise.all(elements.map((each) => writer.frames(seconds(each, 'start'), seconds(each, 'end'), member(each, 'frames'))));
      const lists = labelStudioLists({ elements, description, tags, hint: told, frames, lost });
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
  layouts: [task, labelStudioMin],
  keeps: {
    segments: ['label', 'caption'],
    description: true,
    tags: true,
    unedited: 'equal JSON',
    note: 'Timeline labels are whole frames, so the rate of frames has to be known; predictions become suggestions, and annotations when accepted; other regions are kept, but not used. JSON_MIN has no captions, descriptions and tags.',
  },
});

/** Frames as a task itself counts them: its data may tell the rate, its regions how many there are in how many seconds. */
function framesInTask(entry: JsonObject, data: JsonObject): ToldFrames {
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
  const counted = values.map((value) => ({ frameCount: jsonNumber(value.get('framesCount')) ?? NaN, duration: jsonNumber(value.get('duration')) ?? NaN }));
  const isRate = (fps: number): boolean => fps > 0 && Number.isFinite(fps);
  const fps = said.find(isRate);
  const region = counted.find(({ frameCount, duration }) => isRate(frameCount / duration));
  return fps === undefined ? (region ? { fps: region.frameCount / region.duration, frameCount: region.frameCount } : {}) : { fps };
}
