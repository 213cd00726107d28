import { type AnnotatedSegment, type AnnotationStatus, type AttributeValue, phrase, type Provenance } from '../../protocol/index.js';
import { fromPlain, toPlain } from '../json/plainJson.js';
import { isJsonObject, type Json, type JsonObject, jsonNumber, jsonObject } from '../json/json.js';
import { EntryMismatch } from './formatError.js';

/** Columns of our own tables of segments, in their order. */
export const segmentColumns = ['video', 'start', 'end', 'track', 'label', 'caption', 'attributes', 'author', 'status', 'confidence'] as const;

type NewSegment = Omit<AnnotatedSegment, 'id' | 'origin'>;
const statuses: readonly Json[] = ['suggested', 'accepted', 'edited', 'rejected'] satisfies AnnotationStatus[];

/** A segment of a row. What does not fit its column is left out here and kept by the delta. */
export function segmentOfRow(row: JsonObject): NewSegment {
  const text = (key: string): string | undefined => {
    const value = row.get(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const attributes = attributesOf(row.get('attributes'));
  const status = row.get('status') ?? null;
  const confidence = jsonNumber(row.get('confidence'));
  const provenance: Provenance = {
    ...(text('author') === undefined ? {} : { author: text('author') }),
    ...(statuses.includes(status) ? { status: status as AnnotationStatus } : {}),
    ...(confidence !== undefined && confidence >= 0 && confidence <= 1 ? { confidence } : {}),
  };
  const fields = { track: text('track'), label: text('label'), caption: text('caption'), attributes };
  return {
    start: secondsOf(row, 'start'),
    end: secondsOf(row, 'end'),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    ...(Object.keys(provenance).length > 0 ? { provenance } : {}),
  };
}

/** The way back, without the clip. */
export function rowOfSegment({ start, end, track, label, caption, attributes, provenance }: NewSegment): JsonObject {
  const { author, status, confidence } = provenance ?? {};
  const plain = attributes && Object.keys(attributes).length > 0 ? fromPlain(attributes) : undefined;
  return jsonObject({ start, end, track, label, caption, attributes: plain, author, status, confidence });
}

function secondsOf(row: JsonObject, key: string): number {
  const found = jsonNumber(row.get(key));
  if (found === undefined) {
    throw new EntryMismatch(phrase`"${key}" to be seconds`);
  }
  return Number.isFinite(found) ? found : 0;
}

function attributesOf(value: Json | undefined): Record<string, AttributeValue> | undefined {
  if (!isJsonObject(value) || value.size === 0) {
    return undefined;
  }
  const plain = toPlain(value) as Record<string, AttributeValue>;
  return Object.values(plain).every((each) => each === null || typeof each !== 'object') ? plain : undefined;
}
