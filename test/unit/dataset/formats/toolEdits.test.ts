import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ExportPiece, Format, PieceItem } from '../../../../server/dataset/formats/format.js';
import { egoschemaFormat } from '../../../../server/dataset/formats/egoschemaFormat.js';
import { fiftyoneFormat } from '../../../../server/dataset/formats/fiftyoneFormat.js';
import { labelStudioFormat } from '../../../../server/dataset/formats/labelStudioFormat.js';
import { lloviFormat } from '../../../../server/dataset/formats/lloviFormat.js';
import { mvbenchFormat } from '../../../../server/dataset/formats/mvbenchFormat.js';
import { nextqaFormat } from '../../../../server/dataset/formats/nextqaFormat.js';
import { via3Format } from '../../../../server/dataset/formats/via3Format.js';
import { passThrough, readPieces, writePieces } from './passThrough.js';

const golden = (name: string): string => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url), 'utf8');
const media = { path: 'a.mp4', fps: 30, frameCount: 300, duration: 10 };

/** Changes the segments of all pieces. */
const onSegments =
  (change: (segment: Extract<PieceItem, { list: 'segments' }>['item']) => void) =>
  (pieces: ExportPiece[]): ExportPiece[] => {
    pieces.forEach(({ items }) => items.forEach((each) => each.list === 'segments' && change(each.item)));
    return pieces;
  };

async function edited(format: Format, text: string, edit: (pieces: ExportPiece[]) => ExportPiece[]): Promise<unknown> {
  const { files } = await passThrough(format, text, edit, media);
  return JSON.parse((files.get('') ?? '').replace(/\bNaN\b/g, 'null'));
}

const added: PieceItem = { list: 'segments', item: { id: 'new1', start: 1, end: 2, label: 'Run', caption: 'He runs.' } };
const choice: PieceItem = { list: 'questions', item: { id: 'q1', question: 'Who?', options: ['Ann', 'Bo'], correct: 1 } };

describe('edits of questions with options', () => {
  it('MVBench says the text of the right one', async () => {
    const result = await edited(mvbenchFormat, '[{"video": "a.mp4", "question": "q", "candidates": ["a", "b"], "answer": "a", "id": 7}]', (pieces) => {
      const [item] = pieces[0]?.items ?? [];
      Object.assign(item?.item ?? {}, { correct: 1 });
      return [...pieces, { clip: 'b.mp4', items: [choice], media }];
    });
    expect(result).toEqual([
      { video: 'a.mp4', question: 'q', candidates: ['a', 'b'], answer: 'b', id: 7 },
      { video: 'b.mp4', question: 'Who?', candidates: ['Ann', 'Bo'], answer: 'Bo' },
    ]);
  });

  it('EgoSchema numbers it', async () => {
    const { files } = await writePieces(egoschemaFormat, [{ clip: 'x/uid.mp4', items: [choice], media }]);
    expect(JSON.parse(files.get('') ?? '')).toEqual([{ q_uid: 'x/uid', question: 'Who?', 'option 0': 'Ann', 'option 1': 'Bo', truth: 1 }]);
  });

  it('NExT-QA writes a row', async () => {
    const { files } = await passThrough(nextqaFormat, golden('nextqa_val.csv'), (pieces) => [...pieces, { clip: '77.mp4', items: [choice], media }]);
    expect((files.get('') ?? '').trimEnd().split('\n').at(-1)).toBe('77,300,,,Who?,1,q1,,Ann,Bo,,,');
  });
});

describe('edits of LLoVi captions', () => {
  it('stand for seconds', async () => {
    const result = await edited(lloviFormat, '{"a": ["x", "y", "z"], "b": ["w"]}', (pieces) => {
      pieces[0]?.items.splice(1, 1);
      pieces[0]?.items.push({ list: 'segments', item: { id: 'n', start: 4.5, end: 7, caption: 'new' } });
      return pieces;
    });
    expect(result).toEqual({ a: ['x', '', 'z', '', 'new', 'new', 'new'], b: ['w'] });
  });

  it('stand for frames of the clip, and for none without a rate', async () => {
    const text = '{"a": {"0": "x", "30": "y"}}';
    expect(await edited(lloviFormat, text, onSegments((each) => (each.start += each.start > 0 ? 1 : 0)))).toEqual({ a: { 0: 'x', 60: 'y' } });
    await expect(readPieces(lloviFormat, text)).rejects.toThrow('frame rate');
  });
});

describe('edits of FiftyOne detections', () => {
  it('are frames from 1, both included, at the rate of the sample', async () => {
    const result = (await edited(fiftyoneFormat, golden('fiftyone_samples.json'), (pieces) => {
      const [first] = pieces[0]?.items ?? [];
      Object.assign(first?.item ?? {}, { end: 2.002, label: 'talk' });
      pieces[0]?.items.push(added);
      return pieces;
    })) as { samples: Record<string, { detections: object[] }>[] };
    expect(result.samples[0]?.events?.detections[0]).toEqual({ _id: { $oid: '6716a99ccffe6642b8cbe6b1' }, _cls: 'TemporalDetection', attributes: {}, tags: [], label: 'talk', support: [10, 60], confidence: 0.9 });
    expect(result.samples[0]?.events?.detections[1]).toMatchObject({ support: [120, 30], who: 'Ann' });
    expect(result.samples[0]?.events?.detections[3]).toEqual({ _cls: 'TemporalDetection', label: 'Run', support: [31, 60], caption: 'He runs.' });
  });

  it('need a rate', async () => {
    const { files, lost } = await writePieces(fiftyoneFormat, [{ clip: 'a.mp4', items: [added], media: { path: 'a.mp4' } }]);
    expect(JSON.parse(files.get('') ?? '')).toEqual({ samples: [{ filepath: 'a.mp4', tags: [], metadata: { _cls: 'VideoMetadata' } }] });
    expect(lost).toEqual({ 'segments of clips whose frame rate is not known': 1 });
  });
});

interface Task {
  annotations: { result: { id?: string; type: string; value: object }[] }[];
  predictions: unknown;
}

describe('edits of Label Studio tasks', () => {
  it('keep everything beside them', async () => {
    const before = JSON.parse(golden('label_studio.json')) as Task[];
    const result = (await edited(labelStudioFormat, golden('label_studio.json'), (pieces) => {
      const [walk] = pieces[0]?.items ?? [];
      Object.assign(walk?.item ?? {}, { start: 2, caption: 'She walks.' });
      pieces[0]?.items.splice(1, 1);
      pieces[0]?.items.push(added);
      Object.assign(pieces[0]?.whole ?? {}, { description: 'A loud street.' });
      return pieces;
    })) as Task[];
    const [old, now] = [before[0]?.annotations[0]?.result ?? [], result[0]?.annotations[0]?.result ?? []];
    expect(now).toEqual([
      { ...old[0], value: { ranges: [{ start: 61, end: 60 + 1 }], timelinelabels: ['Walk'] } },
      old[1],
      { ...old[2], value: { ranges: [{ start: 31, end: 60 }], text: ['She walks.'] } },
      old[4],
      old[5],
      { ...old[6], value: { text: ['A loud street.'] } },
      old[7],
      old[8],
      { id: 'new1', from_name: 'videoLabels', to_name: 'video', type: 'timelinelabels', value: { ranges: [{ start: 31, end: 60 }], timelinelabels: ['Run'] } },
      { id: 'new1', from_name: 'caption', to_name: 'video', type: 'textarea', value: { ranges: [{ start: 31, end: 60 }], text: ['He runs.'] } },
    ]);
    expect({ ...result[0], annotations: [] }).toEqual({ ...before[0], annotations: [] });
    expect(result.slice(1)).toEqual(before.slice(1));
  });

  it('make annotations of accepted predictions', async () => {
    const { pieces } = await readPieces(labelStudioFormat, golden('label_studio.json'));
    const run = pieces[0]?.items.at(-1);
    expect(run).toMatchObject({ item: { label: 'Run', start: 0, end: 1, provenance: { status: 'suggested', model: { id: 'm-1' }, confidence: 0.75 } } });
    const result = (await edited(labelStudioFormat, golden('label_studio.json'), onSegments((each) => void (each.provenance && Object.assign(each.provenance, { status: 'accepted' }))))) as Task[];
    const before = JSON.parse(golden('label_studio.json')) as Task[];
    expect(result[0]?.predictions).toEqual(before[0]?.predictions);
    expect(result[0]?.annotations[0]?.result.slice(0, -1)).toEqual(before[0]?.annotations[0]?.result);
    expect(result[0]?.annotations[0]?.result.at(-1)).toMatchObject({ type: 'timelinelabels', value: { ranges: [{ start: 1, end: 30 }], timelinelabels: ['Run'] } });
  });

  it('need a rate where the task tells none', async () => {
    const text = '[{"data": {"video": "a.mp4"}, "annotations": [{"result": [{"type": "timelinelabels", "value": {"ranges": [{"start": 1, "end": 2}], "timelinelabels": ["x"]}}]}]}]';
    await expect(readPieces(labelStudioFormat, text)).rejects.toThrow('frame rate');
  });
});

describe('edits of VIA 3 projects', () => {
  it('use options of the attribute, and add files and views', async () => {
    const result = (await edited(via3Format, golden('via3_project.json'), (pieces) => {
      Object.assign(pieces[0]?.items[0]?.item ?? {}, { end: 3.5, label: 'Run' });
      return [...pieces, { clip: 'new/c.mp4', items: [added], media }, { clip: 'sub/b.mp4', items: [{ ...added, item: { ...added.item, id: 'new2', label: 'Walk' } }], media }];
    })) as Record<string, Record<string, object>>;
    expect(result.metadata).toMatchObject({
      '1_nEVY4Ys1': { vid: '1', z: [1.5, 3.5], av: { 1: '视' } },
      '2_r': { xy: [2, 10, 10, 50, 50] },
      '3_new1': { vid: '3', flg: 0, z: [1, 2], xy: [], av: { 1: '视' } },
      '2_new2': { vid: '2', av: { 1: 'w' } },
    });
    expect(result.file?.[3]).toEqual({ fid: '3', fname: 'c.mp4', type: 4, loc: 1, src: 'new/c.mp4' });
    expect(result.view?.[3]).toEqual({ fid_list: ['3'] });
    expect(result.project?.vid_list).toEqual(['1', '2', '3']);
  });

  it('make projects that it reads again', async () => {
    const { files } = await writePieces(via3Format, [{ clip: 'd/a.mp4', items: [added], media }]);
    const { pieces } = await readPieces(via3Format, files.get('') ?? '');
    expect(pieces).toMatchObject([{ clip: 'd/a.mp4', items: [{ item: { start: 1, end: 2, caption: 'He runs.' } }] }]);
  });
});
