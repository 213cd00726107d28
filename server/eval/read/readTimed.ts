import path from 'node:path';
import { phrase } from '../../protocol/index.js';
import type { DenseEvent } from '../score/soda.js';
import type { Span } from '../score/spans.js';
import { BadField, type Fields, fieldsOf, type ItemCollector } from './itemCollector.js';
import { invalid, readDataJson, readDataText } from './readDataFile.js';

/** Sentences with their times: Charades-STA's lines `VIDEO start end##sentence`, or ActivityNet's captions. */
export async function readGrounding(file: string, into: ItemCollector): Promise<void> {
  if (path.extname(file).toLowerCase() === '.txt') {
    const lines = (await readDataText(file)).split(/\r?\n/);
    lines.forEach((line, index) => {
      if (line.trim() !== '') {
        const match = /^(\S+)\s+(\S+)\s+(\S+?)\s*##(.*)$/.exec(line.trim());
        into.add(`${match?.[1] ?? 'line'}#${index + 1}`, () => {
          const [, video = '', start, end, sentence = ''] = match ?? [];
          if (!match || sentence.trim() === '') {
            throw new BadField(phrase`line ${index + 1} is not "VIDEO start end##sentence"`);
          }
          return { video, task: { kind: 'grounding', query: sentence.trim(), right: spanOf([start, end].map(Number)) } };
        });
      }
    });
    return;
  }
  for (const [video, value] of await clipsOf(file)) {
    const events = Array.isArray((value as Fields | null)?.['sentences']) ? ((value as Fields)['sentences'] as unknown[]) : [undefined];
    events.forEach((_, index) =>
      into.add(`${video}#${index}`, () => {
        const event = eventsOf(value)[index];
        if (!event) {
          throw new BadField(phrase`it has no sentence with times`);
        }
        return { video, task: { kind: 'grounding', query: event.sentence, right: event.span } };
      }),
    );
  }
}

/** ActivityNet's captions, a file for each annotator. Who has not described a clip has no events there. */
export async function readDenseCaptions(files: readonly string[], into: ItemCollector): Promise<void> {
  const clips = new Map<string, Map<number, unknown>>();
  for (const [annotator, file] of files.entries()) {
    for (const [video, value] of await clipsOf(file)) {
      clips.set(video, (clips.get(video) ?? new Map<number, unknown>()).set(annotator, value));
    }
  }
  for (const [video, values] of clips) {
    into.add(video, () => ({ video, task: { kind: 'dense', references: files.map((_, annotator) => (values.has(annotator) ? eventsOf(values.get(annotator)) : [])) } }));
  }
}

async function clipsOf(file: string): Promise<[string, unknown][]> {
  const value = await readDataJson(file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(file, phrase`it holds no clips by their names`);
  }
  return Object.entries(value);
}

/** @throws BadField */
function eventsOf(value: unknown): DenseEvent[] {
  const { timestamps, sentences } = fieldsOf(value);
  if (!Array.isArray(timestamps) || !Array.isArray(sentences) || timestamps.length !== sentences.length || sentences.length === 0) {
    throw new BadField(phrase`it has no "timestamps" and "sentences" of the same number`);
  }
  return sentences.map((sentence, index) => ({ span: spanOf(timestamps[index] as unknown), sentence: String(sentence).trim() }));
}

/** Start and end, in the right order. @throws BadField */
export function spanOf(value: unknown): Span {
  const [start, end, ...more] = Array.isArray(value) ? (value as unknown[]).map(Number) : [];
  if (start === undefined || end === undefined || more.length > 0 || !Number.isFinite(start) || !Number.isFinite(end) || start < 0 || end < 0) {
    throw new BadField(phrase`its times are no two numbers of seconds`);
  }
  return [Math.min(start, end), Math.max(start, end)];
}
