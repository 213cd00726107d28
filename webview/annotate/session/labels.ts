import type { AnnotatedSegment } from '../../../server/protocol/annotation.js';
import type { AttributeRule, DatasetManifest, LabelRule, TrackRule } from '../../../server/protocol/dataset.js';

export const mainTrack = 'main';

/** The track of a segment: what it says, else the dataset's first. */
export function trackOf(segment: Pick<AnnotatedSegment, 'track'>, dataset: DatasetManifest | undefined): string {
  return segment.track ?? dataset?.tracks?.[0]?.id ?? mainTrack;
}

/** Tracks of the dataset in order, and behind them those that only segments name. */
export function tracksOf(segments: readonly AnnotatedSegment[], dataset: DatasetManifest | undefined): TrackRule[] {
  const rules = dataset?.tracks?.length ? dataset.tracks : [{ id: mainTrack }];
  const known = new Set(rules.map(({ id }) => id));
  const others = new Set(segments.map((segment) => trackOf(segment, dataset)).filter((id) => !known.has(id)));
  return [...rules, ...[...others].sort().map((id) => ({ id }))];
}

/** The label that a digit stands for on a track: the one that names it, else the one in its place among those without. */
export function labelOfDigit(digit: number, track: string, dataset: DatasetManifest | undefined): LabelRule | undefined {
  return labelKeys(track, dataset).get(String(digit));
}

/** Keys of the labels that a track may have. */
export function labelKeys(track: string, dataset: DatasetManifest | undefined): ReadonlyMap<string, LabelRule> {
  const labels = labelsOfTrack(track, dataset);
  const keys = new Map(labels.flatMap((label) => (label.key ? [[label.key, label] as const] : [])));
  const free = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].filter((key) => !keys.has(key));
  for (const label of labels.filter(({ key }) => !key)) {
    const key = free.shift();
    if (key !== undefined) {
      keys.set(key, label);
    }
  }
  return keys;
}

export function labelsOfTrack(track: string, dataset: DatasetManifest | undefined): LabelRule[] {
  return (dataset?.labels ?? []).filter(({ tracks }) => !tracks || tracks.includes(track));
}

export function attributeRules(label: string | undefined, dataset: DatasetManifest | undefined): AttributeRule[] {
  return dataset?.labels?.find(({ name }) => name === label)?.attributes ?? [];
}
