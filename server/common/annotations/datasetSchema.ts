import * as z from 'zod/mini';
import { datasetFormat, type DatasetManifest, datasetVersion, phrase } from '../../protocol/index.js';
import type { JsonPlaces } from './jsonPlaces.js';
import { type FoundProblem, newerVersion, readJson, schemaProblems } from './readAnnotations.js';

const name = z.string().check(z.minLength(1), z.maxLength(1000));
const folder = z.string().check(z.maxLength(4096));

const attribute = z.looseObject({
  name,
  type: z.enum(['text', 'number', 'boolean', 'choice']),
  options: z.optional(z.array(name)),
  required: z.optional(z.boolean()),
});

/** A dataset's manifest as it may stand in a file; unknown members are welcome everywhere. */
export const datasetSchema = z.looseObject({
  $schema: z.optional(z.string()),
  format: z.literal(datasetFormat),
  version: z.int().check(z.minimum(1), z.maximum(datasetVersion)),
  name: z.optional(name),
  media: z.optional(z.array(folder)),
  annotations: z.optional(folder),
  tracks: z.optional(z.array(z.looseObject({ id: name, title: z.optional(name), overlap: z.optional(z.boolean()) }))),
  labels: z.optional(
    z.array(
      z.looseObject({
        name,
        color: z.optional(z.string().check(z.regex(/^#[0-9a-fA-F]{6}$/))),
        key: z.optional(z.string().check(z.regex(/^[1-9]$/))),
        tracks: z.optional(z.array(name)),
        attributes: z.optional(z.array(attribute)),
      }),
    ),
  ),
  tasks: z.optional(z.array(z.looseObject({ id: name, title: name, description: z.optional(z.string()) }))),
  splits: z.optional(z.array(z.looseObject({ name, clips: z.array(folder) }))),
  instructions: z.optional(z.string()),
  imports: z.optional(
    z.array(
      z.looseObject({
        id: name,
        format: name,
        file: z.string(),
        sha256: z.string(),
        at: z.string(),
        items: z.int().check(z.minimum(0)),
        rest: z.optional(z.unknown()),
      }),
    ),
  ),
}) satisfies z.ZodMiniType<DatasetManifest>;

/** What stands in for a manifest where there is none. */
export const noDataset: DatasetManifest = { format: datasetFormat, version: datasetVersion };

/** A manifest that was read; one with problems of meaning is read all the same. */
export type ReadDataset = { manifest?: DatasetManifest; places: JsonPlaces; problems: FoundProblem[] };

/** Reads the text of a dataset's manifest; never throws. */
export function readDataset(text: string): ReadDataset {
  const read = readJson(text);
  if (read.problems) {
    return read;
  }
  const { value, places } = read;
  const newer = newerVersion(value, datasetFormat, datasetVersion, places);
  if (newer) {
    return { places, problems: [newer] };
  }
  const checked = datasetSchema.safeParse(value);
  if (!checked.success) {
    return { places, problems: schemaProblems(checked.error, places) };
  }
  const manifest = value as DatasetManifest;
  return { manifest, places, problems: meaningProblems(manifest, places) };
}

/** Names and keys that were given twice. */
function meaningProblems({ labels = [], tracks = [] }: DatasetManifest, places: JsonPlaces): FoundProblem[] {
  const twice = (values: readonly (string | undefined)[]): number[] =>
    values.flatMap((value, i) => (value !== undefined && values.indexOf(value) < i ? [i] : []));
  const tell = (list: string, field: string, value: string | undefined, i: number): FoundProblem => ({
    code: 'duplicateId',
    severity: 'error',
    message: phrase`"${value ?? ''}" is used twice.`,
    ...places.of([list, i, field]),
  });
  const names = labels.map((label) => label.name);
  const keys = labels.map((label) => label.key);
  const ids = tracks.map((track) => track.id);
  return [
    ...twice(names).map((i) => tell('labels', 'name', names[i], i)),
    ...twice(keys).map((i) => tell('labels', 'key', keys[i], i)),
    ...twice(ids).map((i) => tell('tracks', 'id', ids[i], i)),
  ];
}
