import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNamed } from '../../../../server/dataset/formats/registry.js';
import type { Json, JsonObject } from '../../../../server/dataset/json/json.js';
import { writeJson } from '../../../../server/dataset/json/writeJson.js';
import type { DatasetFormatName } from '../../../../server/protocol/index.js';
import { entry, json, list, path, seconds, text } from './arbitraries.js';
import { passThrough } from './passThrough.js';
import { toolValues } from './toolValues.js';

const media = { path: '', fps: 30 };
const constant = (value: Json): fc.Arbitrary<Json> => fc.constant(value);

async function comesBack(name: DatasetFormatName, file: string, extension = '.json'): Promise<void> {
  const format = formatNamed(name);
  const fileName = `x${extension}`;
  const { files } = await passThrough(format, format.filePerClip ? { [fileName]: file } : file, undefined, media);
  expect(toolValues(fileName, files.get(format.filePerClip ? fileName : '') ?? '')).toBe(toolValues(fileName, file));
}

const members = (value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> =>
  fc.uniqueArray(fc.tuple(path, value), { maxLength: 3, selector: ([name]) => name }).map((each) => new Map(each));
const options = Object.fromEntries(['option 0', 'option 1', 'option 2'].map((name) => [name, text]));
const label = fc.array(fc.oneof(text, json), { maxLength: 2 }) as fc.Arbitrary<Json>;
const range = entry({ start: seconds, end: seconds });
const region = fc.oneof(
  entry({ type: constant('timelinelabels'), id: fc.constantFrom('a', 'b'), value: entry({ ranges: list(range), timelinelabels: label }) }, { from_name: text, to_name: text }),
  entry({ type: constant('labels'), id: fc.constantFrom('a', 'b'), value: entry({ start: seconds, end: seconds, labels: label }) }),
  entry({ type: constant('textarea'), id: fc.constantFrom('a', 'c'), value: entry({ text: fc.oneof(text, list(text)) }) }),
  entry({ type: constant('choices'), value: entry({ choices: list(text) }) }),
  json,
);
const results = list(entry({ result: list(region) }, { id: seconds, model_version: text, score: seconds }));
const detection = entry({ _cls: constant('TemporalDetection'), label: fc.oneof(text, constant(null)), support: fc.tuple(seconds, seconds) }, { confidence: seconds, caption: text, tags: list(text) });

/** The first entry of a file, so that its layout is known; then others. */
const lists: [DatasetFormatName, string, fc.Arbitrary<Json>][] = [
  ['mvbench', 'items', entry({ video: path, question: text, candidates: list(text), answer: text }, { start: seconds, end: seconds })],
  ['egoschema', 'questions', entry({ q_uid: path, question: text, ...options }, { truth: seconds })],
  ['label-studio', 'tasks', entry({ data: entry({ video: path }, { fps: seconds }) }, { annotations: results, predictions: results })],
];
const maps: [DatasetFormatName, string, Json, fc.Arbitrary<Json>][] = [
  ['egoschema', 'annotations', new Map([['question', '']]), entry({ question: text, ...options }, { truth: seconds })],
  ['egoschema', 'answers', 1, seconds],
  ['nextqa', 'grounding', new Map([['location', new Map()]]), entry({ location: members(list(fc.tuple(seconds, seconds))) }, { duration: seconds })],
  ['llovi', 'seconds', [], list(text)],
  ['llovi', 'frames', new Map([['0', '']]), fc.uniqueArray(fc.tuple(fc.nat(300).map(String), text), { minLength: 1, maxLength: 4, selector: ([name]) => name }).map((each): Json => new Map(each))],
  ['llovi', 'items', new Map([['question', '']]), entry({ question: text, uid: path }, { ...options, truth: seconds, narration: text })],
];

describe('any file of a tool comes out as it went in', () => {
  it.each(lists)('%s: %s', async (name, _kind, item) => {
    const more = fc.array(fc.oneof({ weight: 9, arbitrary: item }, { weight: 1, arbitrary: json }), { maxLength: 3 });
    await fc.assert(fc.asyncProperty(item, more, (first, others) => comesBack(name, writeJson([first, ...others]))), { numRuns: 60 });
  });

  it.each(maps)('%s: %s', async (name, _kind, first, value) => {
    await fc.assert(
      fc.asyncProperty(members(fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: json })), (others) => comesBack(name, writeJson(new Map<string, Json>([['first', first], ...[...others].filter(([key]) => key !== 'first')])))),
      { numRuns: 60 },
    );
  });

  it('fiftyone', async () => {
    const sample = entry({ filepath: path, events: entry({ _cls: constant('TemporalDetections'), detections: list(detection) }) }, { tags: list(text), metadata: entry({ frame_rate: seconds }) });
    await fc.assert(fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 3 }), (samples) => comesBack('fiftyone', writeJson(new Map([['samples', samples]])))), { numRuns: 60, endOnFailure: true });
  });

  it('via3', async () => {
    const around = '"attribute": {"1": {"anchor_id": "FILE1_Z2_XY0", "options": {"w": "Walk"}}}, "file": {"1": {"fid": "1", "fname": "a.mp4", "src": ""}}';
    const value = entry({ vid: fc.constantFrom('1', '2'), z: list(seconds), xy: list(seconds), av: entry({ 1: fc.oneof(text, constant('w')) }) }, { flg: seconds });
    const first = '"first": {"vid": "1", "flg": 0, "z": [0, 1], "xy": [], "av": {}}';
    await fc.assert(
      fc.asyncProperty(members(value), (entries) => {
        const more = [...entries].filter(([key]) => key !== 'first').map(([key, each]) => `, ${JSON.stringify(key)}: ${writeJson(each)}`);
        return comesBack('via3', `{${around}, "metadata": {${first}${more.join('')}}, "view": {"1": {"fid_list": ["1"]}}}`);
      }),
      { numRuns: 60 },
    );
  });

  it('nextqa: tables', async () => {
    const cell = fc.oneof(text, fc.constantFrom('0', '4', '-1', 'CW')).filter((each) => !each.includes('\uFEFF') && !each.includes('\ud800'));
    const columns = ['video', 'question', 'answer', 'type', 'a0', 'a1', 'a2', 'a3', 'a4', 'other'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: 10, maxLength: 10 }), { maxLength: 3 }), (rows) =>
        comesBack('nextqa', stringify([columns, ['v', 'q', '0', 'CW', 'a', 'b', 'c', 'd', 'e', ''], ...rows.filter((row) => row.some((each) => each !== ''))]), '.csv'),
      ),
      { numRuns: 60 },
    );
  });

  it('webvtt and srt', async () => {
    const time = fc.nat(10_000_000).map((ms) => new Date(ms).toISOString().slice(11, 23));
    const line = fc.oneof(text, fc.constantFrom('<v Ann>Hi', '<i>a</i>', '&amp; &lt;b&gt;', 'a < b & c', '<b>x</b> y', '- two')).map((each) => each.replace(/[\r\n\ud800-\udfff\uFEFF\u2028]|-->/g, '')).filter((each) => each.trim() !== '');
    const cue = fc.tuple(fc.constantFrom('', 'id\n', '7\n'), time, time, fc.constantFrom('', ' line:0 align:start'), fc.array(line, { maxLength: 3 })).map(([id, start, end, settings, lines]) => [`${id}${start} --> ${end}${settings}`, ...lines].join('\n'));
    const note = fc.constantFrom('NOTE x', 'NOTE\na note', 'STYLE\n::cue {}', 'REGION\nid:a');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof({ weight: 4, arbitrary: cue }, { weight: 1, arbitrary: note }), { minLength: 1, maxLength: 5 }), async (blocks) => {
        await comesBack('webvtt', ['WEBVTT', ...blocks].join('\n\n'), '.vtt');
        const cues = blocks.filter((each) => each.includes('-->'));
        await comesBack('srt', cues.map((each) => each.replaceAll(/(\d\d)\.(\d{3})/g, '$1,$2')).join('\n\n'), '.srt');
      }),
      { numRuns: 100 },
    );
  });

  const xmlText = fc.oneof(text, fc.constantFrom('<&>"\'', 'a\tb')).map((each) => each.replace(/[\ud800-\udfff\uFEFF\0-\x08\x0b-\x1f\ufffe\uffff]/g, ''));
  const escaped = (each: string): string => each.replace(/[&<>"\r\n\t]/g, (found) => `&#${found.charCodeAt(0)};`);

  it('elan', async () => {
    const annotation = fc.tuple(fc.constantFrom('a1', 'a2', 'x'), fc.constantFrom('ts1', 'ts2', 'ts3', 'no'), fc.constantFrom('ts1', 'ts2'), xmlText, fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(xmlText, fc.array(annotation, { maxLength: 3 })), { maxLength: 3 }), xmlText, (tiers, author) => {
        const slots = '<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="250"/><TIME_SLOT TIME_SLOT_ID="ts3"/></TIME_ORDER>';
        const body = tiers.map(([id, list]) => `<TIER TIER_ID="${escaped(id)}">${list.map(([name, start, end, value, ref]) => `<ANNOTATION>${ref ? `<REF_ANNOTATION ANNOTATION_ID="${name}" ANNOTATION_REF="a1"/>` : `<ALIGNABLE_ANNOTATION TIME_SLOT_REF2="${end}" ANNOTATION_ID="${name}" TIME_SLOT_REF1="${start}"><ANNOTATION_VALUE>${escaped(value)}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>`}</ANNOTATION>`).join('')}</TIER>`);
        return comesBack('elan', `<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="${escaped(author)}"><HEADER/>${slots}${body.join('<!-- c -->')}</ANNOTATION_DOCUMENT>`, '.eaf');
      }),
      { numRuns: 100 },
    );
  });

  it('cvat', async () => {
    const box = fc.tuple(fc.oneof(fc.nat(100).map(String), fc.constantFrom('', 'x', '-1')), fc.constantFrom('0', '1')).map(([frame, outside]) => `<box outside="${outside}" frame="${frame}"/>`);
    const track = fc.tuple(xmlText, fc.array(box, { maxLength: 4 })).map(([name, boxes]) => `<track id="0" label="${escaped(name)}">${boxes.join('')}</track>`);
    const tag = fc.nat(100).map((frame) => `<tag frame="${frame}"/>`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(track, tag), { maxLength: 4 }), (parts) => comesBack('cvat', `<annotations><version>1.1</version><meta/>${parts.join('\n')}</annotations>`, '.xml')),
      { numRuns: 100 },
    );
  });
});
