import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { fromPlain } from '../dataset/json/plainJson.js';
import { writeJson } from '../dataset/json/writeJson.js';
import type { DatasetFormatName } from '../protocol/index.js';

/** Formats that large files come in: a list in JSON, JSON Lines, a table, and an object of clips. */
export const largeFormats = ['videochat2-it', 'jsonl', 'csv', 'activitynet-captions'] as const satisfies readonly DatasetFormatName[];
export type LargeFormat = (typeof largeFormats)[number];

/** Of a file, for each clip. */
const bytesPerClip = 50_000;
const eventsPerClip = 500;
const words = 'a person in red walks slowly from the open door to a wooden table and puts down one cup of tea ☕'.split(' ');

/** Writes a file of at least so many bytes, as its format's exporter would. @returns how many entries it has */
export async function writeLargeFile(path: string, format: LargeFormat, bytes: number): Promise<number> {
  const { head, between, tail, entry } = layouts[format];
  const clips = Math.max(1, Math.round(bytes / bytesPerClip));
  const stream = createWriteStream(path);
  stream.write(head);
  let count = 0;
  while (stream.bytesWritten + stream.writableLength < bytes) {
    if (!stream.write(`${count > 0 ? between : ''}${entry(count, clips)}`)) {
      await once(stream, 'drain');
    }
    count++;
  }
  stream.end(tail);
  await finished(stream);
  return count;
}

interface LargeLayout {
  head: string;
  between: string;
  tail: string;
  entry(i: number, clips: number): string;
}

const layouts: Record<LargeFormat, LargeLayout> = {
  'videochat2-it': {
    ...{ head: '[\n', between: ',\n', tail: '\n]\n' },
    entry: (i, clips) => json({ video: clipOf(i, clips), ...times(i), QA: [{ i: 'Look carefully.', q: `What happens at moment ${i}?`, a: sentence(i) }] }),
  },
  jsonl: {
    ...{ head: '', between: '\n', tail: '\n' },
    entry: (i, clips) => json({ video: clipOf(i, clips), ...times(i), label: words[i % 7], caption: sentence(i), note: `kept ${i}` }),
  },
  csv: {
    ...{ head: 'video,start,end,label,caption,note\n', between: '\n', tail: '\n' },
    entry: (i, clips) => `${clipOf(i, clips)},${Object.values(times(i)).join(',')},${words[i % 7] ?? ''},"${sentence(i)}, ""really""",kept ${i}`,
  },
  'activitynet-captions': {
    ...{ head: '{\n', between: ',\n', tail: '\n}\n' },
    entry: (i) => {
      const events = Array.from({ length: eventsPerClip }, (_, n) => n);
      const members = { duration: 3600.5, timestamps: events.map((n) => [n * 7, n * 7 + 7.25]), sentences: events.map((n) => ` ${sentence(i + n)}`) };
      return `${json(`v_${i}`)}: ${json(members)}`;
    },
  },
};

function json(value: unknown): string {
  return writeJson(fromPlain(value));
}

/** Entries of a clip do not stand together: the importer has to bring them to each other. */
function clipOf(i: number, clips: number): string {
  return `part-${(i * 7919) % clips % 40}/clip-${(i * 7919) % clips}.mp4`;
}

function times(i: number): { start: number; end: number } {
  return { start: i % 100, end: (i % 100) + 2.5 };
}

function sentence(i: number): string {
  return `${Array.from({ length: 12 + (i % 9) }, (_, n) => words[(i * 31 + n * n) % words.length]).join(' ')}.`;
}
