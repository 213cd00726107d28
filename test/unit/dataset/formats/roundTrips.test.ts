import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../../../server/dataset/formats/format.js';
import { formatNamed } from '../../../../server/dataset/formats/registry.js';
import { type Json, type JsonObject } from '../../../../server/dataset/json/json.js';
import { writeJson } from '../../../../server/dataset/json/writeJson.js';
import type { DatasetFormatName } from '../../../../server/protocol/index.js';
import { entry, json, list, path, seconds, text } from './arbitraries.js';
import { passThrough } from './passThrough.js';
import { sameText } from './sameText.js';

const tagged = fc.tuple(fc.constantFrom('', '<video>\n', '<image>\n<image>\n', ' <video> '), text, fc.constantFrom('', '\n<video>', '<image>')).map((parts) => parts.join(''));
const turn = entry({ from: fc.constantFrom('human', 'gpt', 'system', 'tool'), value: tagged });
const timed = fc.array(fc.oneof(text, fc.constantFrom(' <s0>', ' <e0>', ' <s1>', ' 5s ', '12.5s', '<e1>.')), { maxLength: 5 }).map((parts) => parts.join(''));
const token = fc.uniqueArray(fc.tuple(fc.constantFrom('<s0>', '<e0>', '<s1>', '<e1>', 'x'), seconds), { selector: ([name]) => name }).map((members): JsonObject => new Map(members));
const part = fc.oneof(text, entry({ type: fc.constant('text'), text }), entry({ type: fc.constant('video'), video: path }));

/** Lists of entries, each kind of file for itself. */
const listed: [DatasetFormatName, string, fc.Arbitrary<Json>][] = [
  ['videochat', 'QA', entry({ video: path, QA: list(entry({ q: text, a: text })) })],
  ['videochat', 'captions', entry({ image: path, caption: text })],
  ['videochat2-it', 'QA', entry({ QA: list(entry({ i: text, q: text, a: text })) }, { video: path, start: seconds, end: seconds })],
  ['video-chatgpt', 'training', entry({ q: text, a: text, video_id: path })],
  ['video-chatgpt', 'generic', entry({ video_name: path, Q: text, A: text }, { pred: text })],
  ['video-chatgpt', 'consistency', entry({ video_name: path, Q1: text, Q2: text, A: text }, { pred1: text, pred2: text })],
  ['video-chatgpt', 'questions', entry({ video_name: path, question: text, question_id: text })],
  ['video-chatgpt', 'answers', entry({ answer: text, question_id: text }, { type: seconds })],
  ['video-chatgpt', 'converted', entry({ id: text, video: path.map((name) => `${name}.pkl`), conversations: list(turn) })],
  ['llava', 'conversations', entry({ conversations: list(turn) }, { id: text, video: path, image: path })],
  ['llava', 'lists', entry({ conversations: list(turn), video: list(path) }, { id: text })],
  ['vtimellm', 'tokens', entry({ id: path, conversations: list(entry({ from: fc.constantFrom('human', 'gpt'), value: timed })), meta: entry({ duration: seconds, token }) }, { source: text })],
  ['messages', 'contents', entry({ messages: list(entry({ role: fc.constantFrom('user', 'assistant', 'system', 'tool'), content: fc.oneof(tagged, list(part)) })) }, { videos: list(path) })],
];

async function comesBack(format: Format, file: string): Promise<void> {
  const { files } = await passThrough(format, file);
  expect(sameText(files.get(''))).toBe(sameText(file));
}

describe('any file of a format comes out as it went in', () => {
  it.each(listed)('%s: %s', async (name, _kind, item) => {
    await fc.assert(
      fc.asyncProperty(item, fc.array(fc.oneof({ weight: 9, arbitrary: item }, { weight: 1, arbitrary: json }), { maxLength: 4 }), (first, items) =>
        comesBack(formatNamed(name), name === 'messages' || name === 'llava' ? writeJson([first, ...items]) : `[${[first, ...items].map(writeJson).join(',\r\n')}]`),
      ),
      { numRuns: 60 },
    );
  });

  const clips = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
    fc.uniqueArray(fc.tuple(fc.oneof(path, fc.constantFrom('10', '2', 'results')), value), { minLength: 1, maxLength: 4, selector: ([name]) => name }).map((members) => new Map(members));
  const gold = entry({ timestamps: list(list(seconds)), sentences: list(text) }, { duration: seconds });
  it('activitynet-captions: gold', async () => {
    const first = new Map<string, Json>([['timestamps', []], ['sentences', []]]);
    await fc.assert(
      fc.asyncProperty(clips(fc.oneof(gold, json)), (members) => comesBack(formatNamed('activitynet-captions'), writeJson(new Map<string, Json>([['v_first', first], ...members])))),
      { numRuns: 60 },
    );
  });
  it('activitynet-captions: results', async () => {
    const event = entry({ timestamp: fc.tuple(seconds, seconds), sentence: text });
    const file = fc.tuple(fc.uniqueArray(fc.tuple(text, json), { maxLength: 2, selector: ([name]) => name }), clips(list(event)), fc.boolean());
    await fc.assert(
      fc.asyncProperty(file, ([others, results, after]) => {
        const around = others.filter(([name]) => name !== 'results');
        const members = after ? [...around, ['results', results] as const] : [['results', results] as const, ...around];
        return comesBack(formatNamed('activitynet-captions'), writeJson(new Map<string, Json>(members)));
      }),
      { numRuns: 60 },
    );
  });

  it('jsonl', async () => {
    const common = { track: text, label: text, attributes: json, author: text, status: fc.oneof(text, fc.constant('accepted')), confidence: seconds };
    const row = fc.oneof(
      entry({ video: path, start: seconds, end: seconds }, { ...common, caption: text }),
      entry({ question: text }, { video: path, answer: text, options: list(text), correct: seconds, start: seconds, end: seconds, ...common }),
      entry({ turns: list(entry({ role: fc.constantFrom('user', 'assistant', 'other'), text }, { rating: text, start: seconds, end: seconds })) }, { video: path, ...common }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), async (rows) => {
        const lines = rows.map(writeJson);
        const { files } = await passThrough(formatNamed('jsonl'), lines.join('\n'));
        expect((files.get('') ?? '').trimEnd().split('\n').map(sameText)).toEqual(lines);
      }),
      { numRuns: 100 },
    );
  });

  it('csv', async () => {
    const cell = fc.oneof(text, fc.constantFrom('1', '2.50', 'nan', 'a.mp4', '{"x": 1}', 'accepted', '"', ',', ';\n')).filter((each) => !each.includes('\uFEFF') && !each.includes('\ud800'));
    const columns = fc.shuffledSubarray(['video', 'start', 'end', 'track', 'label', 'caption', 'attributes', 'author', 'status', 'confidence', 'other', 'other'], { minLength: 4 });
    const table = columns.chain((names) => fc.tuple(fc.constant(names), fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length }), { maxLength: 4 })));
    await fc.assert(
      fc.asyncProperty(table, async ([names, rows]) => {
        fc.pre(['video', 'start', 'end'].every((each) => names.includes(each)));
        const first = names.map((name) => (name === 'video' ? 'v.mp4' : name === 'start' || name === 'end' ? '1.0' : ''));
        const all = [names, first, ...rows.filter((row) => row.some((each) => each !== ''))];
        const { files } = await passThrough(formatNamed('csv'), stringify(all));
        expect(parse(files.get('') ?? '')).toEqual(all);
      }),
      { numRuns: 100 },
    );
  });

  it('charades-sta', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_.-]{1,8}$/);
    const line = fc.oneof(
      fc.tuple(word, fc.constantFrom('0.0', '5', 'nan', '1e3'), fc.constantFrom('7.25', '-1'), fc.constantFrom('##', ' ##'), text).map(([name, start, end, gap, sentence]) => `${name} ${start} ${end}${gap}${sentence}`),
      text,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line.filter((each) => !/[\n\r\ud800]/.test(each) && each.trim() !== ''), { maxLength: 4 }), async (lines) => {
        const all = ['AO8RW 0.0 6.9##a person is putting a book on a shelf.', ...lines];
        const { files } = await passThrough(formatNamed('charades-sta'), all.join('\n'));
        expect(files.get('')).toBe(`${all.join('\n')}\n`);
      }),
      { numRuns: 100 },
    );
  });
});
