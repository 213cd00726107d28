import * as z from 'zod/mini';
import { type Segment, suggestTasks, summaryKinds, timelineTracks } from '../../protocol/index.js';

const path = z.string().check(z.minLength(1), z.maxLength(4096));
const seconds = z.number().check(z.gte(0), z.lte(1_000_000));

const video = path.check(z.describe('Path of the video or picture.'));
const part = {
  start: z.optional(seconds.check(z.describe('Only what follows, in seconds from the first frame.'))),
  end: z.optional(seconds.check(z.describe('Only what comes before, in seconds from the first frame.'))),
};

/** What each tool takes. The manifest of the extension says the same; a test compares them. */
export const toolInputs = {
  ask: z.object({
    video,
    question: z.string().check(z.minLength(1), z.maxLength(10_000), z.describe('What to ask about the video, in English.')),
    ...part,
  }),
  summarize: z.object({
    video,
    kind: z.optional(z.enum(summaryKinds).check(z.describe('brief: a few sentences. detailed: part by part with times. chapters: parts with titles.'))),
    ...part,
  }),
  find: z.object({
    query: z.string().check(z.minLength(1), z.maxLength(1000), z.describe('What is looked for: things, people, words on the screen or words that are said.')),
    video: z.optional(path.check(z.describe('Look in this video only, and thoroughly. Left out: all videos that are known.'))),
    folder: z.optional(path.check(z.describe('Look in all videos below this folder. Left out: all folders that may be read.'))),
    most: z.optional(z.int().check(z.gte(1), z.lte(100), z.describe('Most moments to name; 10 where left out.'))),
  }),
  frames: z.object({
    video,
    seconds: z.optional(z.array(seconds).check(z.minLength(1), z.maxLength(16), z.describe('Times of the frames to show. Left out: frames spread over the video.'))),
    count: z.optional(z.int().check(z.gte(1), z.lte(16), z.describe('How many frames to spread over the video; 4 where left out.'))),
    height: z.optional(z.int().check(z.gte(16), z.lte(2160), z.describe('Longest side of the pictures in pixels; 512 where left out.'))),
    ...part,
  }),
  timeline: z.object({
    video,
    tracks: z.optional(z.array(z.enum(timelineTracks)).check(z.minLength(1), z.maxLength(timelineTracks.length), z.describe('Only these kinds of events.'))),
    ...part,
  }),
  annotate: z.object({
    video,
    task: z.enum(suggestTasks).check(
      z.describe('What to suggest: captions event by event (denseCaption), captions or labels of segments that have none, segments from cuts (shots) or from what was noticed (timeline), questions with answers, a conversation, or a description.'),
    ),
    labels: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(200))).check(z.minLength(1), z.maxLength(1000), z.describe('Labels to choose from, for the task labels.'))),
    ...part,
  }),
} as const;

/** The part of a clip that was asked for, if not all of it. */
export function partOf({ start, end }: { start?: number | undefined; end?: number | undefined }, durationSeconds: number): { span?: Segment } {
  return start === undefined && end === undefined ? {} : { span: { startSeconds: start ?? 0, endSeconds: end ?? durationSeconds } };
}
