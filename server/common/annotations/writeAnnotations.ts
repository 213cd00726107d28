import type { AnnotationDocument } from '../../protocol/index.js';
import { inlineJson } from './inlineJson.js';

/** Order of the keys that are known; others follow in the order they came in. */
const keyOrder = {
  document: ['$schema', 'format', 'version', 'media', 'description', 'descriptionProvenance', 'tags', 'segments', 'questions', 'conversations', 'origin'],
  media: ['path', 'sha256', 'duration', 'fps', 'frameCount', 'timeBase'],
  segment: ['id', 'start', 'end', 'track', 'label', 'caption', 'attributes', 'provenance', 'origin'],
  question: ['id', 'question', 'answer', 'options', 'correct', 'type', 'span', 'provenance', 'origin'],
  conversation: ['id', 'turns', 'provenance', 'origin'],
  turn: ['role', 'text', 'span', 'rating'],
  provenance: ['author', 'model', 'at', 'status', 'filled', 'refused', 'confidence', 'reviewer'],
  model: ['id', 'manifest', 'prompt', 'sampling', 'plan'],
  span: ['start', 'end'],
} as const;
type Kind = keyof typeof keyOrder;

/** What kind of object stands under a key. */
const kindUnder = new Map<string, Kind>([
  ['media', 'media'],
  ['provenance', 'provenance'],
  ['descriptionProvenance', 'provenance'],
  ['model', 'model'],
  ['span', 'span'],
]);
const listKinds = new Map<string, Kind>([
  ['segments', 'segment'],
  ['questions', 'question'],
  ['conversations', 'conversation'],
]);

/**
 * The text of a document in the one form this project writes: two spaces, fixed order of keys, a line for each segment,
 * question and turn, so that a change of one of them is a change of one line. Ends with a line break.
 */
export function writeAnnotations(document: AnnotationDocument): string {
  const members = Object.entries(ordered(document, 'document')).filter(([, value]) => value !== undefined);
  const lines = members.map(([key, value]) => {
    const kind = listKinds.get(key);
    const text = kind !== undefined && Array.isArray(value) ? list(value as unknown[], kind) : inlineJson(inOrder(value, kindUnder.get(key)));
    return `  ${JSON.stringify(key)}: ${text}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}

function list(items: readonly unknown[], kind: Kind): string {
  if (items.length === 0) {
    return '[]';
  }
  const write = kind === 'conversation' ? conversation : (item: unknown): string => `    ${inlineJson(inOrder(item, kind))}`;
  return `[\n${items.map(write).join(',\n')}\n  ]`;
}

/** A conversation has a line for each turn, and one for each of its other members. */
function conversation(item: unknown): string {
  if (!isObject(item)) {
    return `    ${inlineJson(item)}`;
  }
  const members = Object.entries(ordered(item, 'conversation')).filter(([, value]) => value !== undefined);
  const lines = members.map(([key, value]) => {
    const turns = key === 'turns' && Array.isArray(value) && value.length > 0 ? (value as unknown[]) : undefined;
    const text = turns
      ? `[\n${turns.map((turn) => `        ${inlineJson(inOrder(turn, 'turn'))}`).join(',\n')}\n      ]`
      : inlineJson(inOrder(value, kindUnder.get(key)));
    return `      ${JSON.stringify(key)}: ${text}`;
  });
  return `    {\n${lines.join(',\n')}\n    }`;
}

function inOrder(value: unknown, kind: Kind | undefined): unknown {
  return kind !== undefined && isObject(value) ? ordered(value, kind) : value;
}

function ordered(item: object, kind: Kind): Record<string, unknown> {
  const known: readonly string[] = keyOrder[kind];
  const members = new Map<string, unknown>(Object.entries(item));
  const keys = [...known.filter((key) => members.has(key)), ...[...members.keys()].filter((key) => !known.includes(key))];
  return Object.fromEntries(keys.map((key) => [key, inOrder(members.get(key), kindUnder.get(key))]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
