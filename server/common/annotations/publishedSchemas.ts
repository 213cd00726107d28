import * as z from 'zod/mini';
import { annotationSchema } from './annotationSchema.js';
import { datasetSchema } from './datasetSchema.js';

/**
 * The JSON Schemas that editors check files with. They are committed in `extension/schemas`, and a test compares them;
 * run it with `-u` after a change of the layout.
 */
export function publishedSchemas(): Record<'annotations' | 'dataset', object> {
  const publish = (schema: z.ZodMiniType, title: string, descriptions: Descriptions): object => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
    return { $schema, title, ...describe(rest, descriptions, []) };
  };
  return {
    annotations: publish(annotationSchema, 'VideoChat annotations of a clip', annotationDescriptions),
    dataset: publish(datasetSchema, 'VideoChat dataset', datasetDescriptions),
  };
}

/** By the path of properties; lists add nothing to it. */
type Descriptions = Record<string, string>;

function describe(node: object, descriptions: Descriptions, path: readonly string[]): object {
  const { properties, items, ...rest } = node as { properties?: Record<string, object>; items?: object };
  const own = descriptions[path.join('.')];
  return {
    ...(own === undefined ? {} : { description: own }),
    ...rest,
    ...(items ? { items: describe(items, descriptions, path) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, describe(each, descriptions, [...path, key])])) }
      : {}),
  };
}

const annotationDescriptions: Descriptions = {
  media: 'Which clip this is about.',
  'media.path': 'Relative to this file, with "/". In a dataset: relative to one of its media folders.',
  'media.sha256': "SHA-256 of the file's bytes.",
  'media.duration': 'Seconds, from the first frame to the end of the last.',
  'media.fps': 'Average frames per second.',
  'media.timeBase': 'Of the picture, e.g. "1/15360".',
  description: 'What the whole clip shows.',
  tags: 'Of the whole clip.',
  segments: 'What goes on for a while.',
  'segments.id': 'Unique in this file.',
  'segments.start': 'Seconds from the first frame.',
  'segments.end': 'Seconds from the first frame; exclusive: where the first frame after it begins.',
  'segments.track': 'Row of the timeline.',
  'segments.provenance': 'Who says so.',
  'segments.provenance.status': 'suggested: by a model, not looked at. accepted, edited, rejected: by a person.',
  questions: 'Questions about the clip, with answers.',
  'questions.correct': 'Position of the right option, from 0.',
  'questions.span': 'The part of the clip it is about, in seconds.',
  conversations: 'Dialogues about the clip.',
  'conversations.turns': 'In order.',
};

const datasetDescriptions: Descriptions = {
  media: 'Folders with clips, relative to this file. Default: its own folder.',
  annotations: 'Folder for annotation documents. Default: beside the clips.',
  tracks: 'Rows of the timeline, in order.',
  'tracks.overlap': 'Whether its segments may overlap. Default: true.',
  labels: 'What segments can be labelled.',
  'labels.color': '#rrggbb',
  'labels.key': 'The digit that sets it.',
  'labels.tracks': 'Only on these tracks.',
  'labels.attributes': 'What is asked of a segment with this label.',
  tasks: 'What annotators are to do.',
  splits: 'Parts of the dataset; the first one that names a clip counts.',
  'splits.clips': 'Paths relative to the media folder; "*" stands for part of a name, "**" for folders too.',
  instructions: 'For annotators, Markdown.',
  imports: 'Files that were imported. Exports need them to give back what was taken.',
};
