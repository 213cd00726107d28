import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PredictionFile } from '../../../server/eval/predictionFile.js';
import { readEvalData } from '../../../server/eval/read/readEvalData.js';
import { ErrorCode, type EvaluationTask } from '../../../server/protocol/index.js';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'videochat-eval-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = async (name: string, content: unknown): Promise<string> => {
  const place = path.join(folder, name);
  await writeFile(place, typeof content === 'string' ? content : JSON.stringify(content));
  return place;
};
const read = async (task: EvaluationTask, ...files: string[]) => {
  const { items, bad } = await readEvalData(task, files, undefined);
  return { items, bad: bad.map(({ id, problem }) => `${id}: ${String(problem)}`) };
};

describe('datasets', () => {
  it('MVBench: spans, candidates, and bad items by their number', async () => {
    const good = { video: 'a/b.mp4', question: 'Which?', candidates: ['one', 'two'], answer: 'two', start: 1.5, end: 4 };
    await file('action_count.json', [good, { ...good, answer: 'three' }, 'nothing', { ...good, candidates: ['one'] }, { ...good, start: 'x' }, { ...good, start: undefined, end: undefined }]);
    const { items, bad } = await read('mvbench', folder);
    expect(items).toEqual([
      {
        id: 'action_count/0',
        video: 'a/b.mp4',
        task: { kind: 'choice', choice: { question: 'Which?', options: ['one', 'two'], correct: 1, category: 'action_count' }, span: { startSeconds: 1.5, endSeconds: 4 } },
      },
      { id: 'action_count/5', video: 'a/b.mp4', task: { kind: 'choice', choice: { question: 'Which?', options: ['one', 'two'], correct: 1, category: 'action_count' } } },
    ]);
    expect(bad).toEqual([
      'action_count/1: its answer is none of its candidates',
      'action_count/2: it is no object',
      'action_count/3: it has no list of 2 to 10 candidates',
      'action_count/4: "start" is no time in seconds',
    ]);
  });

  it('EgoSchema: questions and answers in files of their own, or together', async () => {
    const options = Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`option ${n}`, `o${n}`]));
    const questions = await file('questions.json', [{ q_uid: 'u1', question: 'Why?', ...options }, { q_uid: 'u2', question: 'How?', ...options }]);
    const answers = await file('subset_answers.json', { u1: 3 });
    const { items } = await read('egoschema', questions, answers);
    expect(items.map(({ id, task }) => [id, task.kind === 'choice' && task.choice.correct])).toEqual([['u1', 3], ['u2', undefined]]);
    const together = await read('egoschema', await file('anno.json', { u9: { question: 'What?', ...options, truth: 2 }, u8: { question: 'What?' } }));
    expect(together.items).toMatchObject([{ id: 'u9', task: { choice: { correct: 2 } } }]);
    expect(together.bad).toEqual(['u8: it has no "option 0"']);
  });

  it('NExT-QA: rows, with the line of what is wrong', async () => {
    const head = 'video,frame_count,width,height,question,answer,qid,type,a0,a1,a2,a3,a4\n';
    const table = await file('val.csv', `${head}12,100,64,48,"why, then",1,0,CW,a,b,c,d,e\n12,100,64,48,how,7,1,TN,a,b,c,d,e\n`);
    const { items, bad } = await read('nextqa', table);
    expect(items).toMatchObject([{ id: '12_0', video: '12', task: { choice: { question: 'why, then', correct: 1, category: 'CW' } } }]);
    expect(bad).toEqual(['12_1: line 3 names no option as its answer']);
  });

  it('grounding: lines and sentences, times in any order', async () => {
    const lines = await file('sta.txt', 'AB12 3.5 10##a person opens a door.\nAB12 9 2##then closes it\nnonsense\nAB12 x 2##no\n');
    const { items, bad } = await read('grounding', lines);
    expect(items).toEqual([
      { id: 'AB12#1', video: 'AB12', task: { kind: 'grounding', query: 'a person opens a door.', right: [3.5, 10] } },
      { id: 'AB12#2', video: 'AB12', task: { kind: 'grounding', query: 'then closes it', right: [2, 9] } },
    ]);
    expect(bad).toEqual(['line#3: line 3 is not "VIDEO start end##sentence"', 'AB12#4: its times are no two numbers of seconds']);
  });

  it('dense captions: an annotator for each file', async () => {
    const clip = { duration: 20, timestamps: [[0, 5], [9, 4]], sentences: [' One.', 'Two.'] };
    const first = await file('val_1.json', { v_a: clip, v_b: { ...clip, sentences: ['one'] }, v_c: null });
    const second = await file('val_2.json', { v_a: clip, v_d: clip });
    const { items, bad } = await read('densecaption', first, second);
    expect(items.map(({ id }) => id)).toEqual(['v_a', 'v_d']);
    expect(items[1]?.task).toMatchObject({ references: [[], [{}, {}]] });
    expect(items[0]?.task).toMatchObject({ references: [[{ span: [0, 5], sentence: 'One.' }, { span: [4, 9], sentence: 'Two.' }], [{}, {}]] });
    expect(bad).toEqual(['v_b: it has no "timestamps" and "sentences" of the same number', 'v_c: it is no object']);
  });

  it('open questions: together, apart, in lines, and asked twice', async () => {
    const together = await read('openqa', await file('qa.jsonl', '{"id":7,"video":"a.mp4","question":"Who?","answer":"Me"}\n\n'));
    expect(together.items).toEqual([{ id: '7', video: 'a.mp4', task: { kind: 'open', question: 'Who?', answer: 'Me', aspects: ['match'], category: 'openqa' } }]);
    const questions = await file('q.json', [{ video_name: 'v1', question: 'Who?', question_id: 'v1_0' }]);
    const apart = await read('openqa', questions, await file('a.json', [{ answer: 'You' }]));
    expect(apart.items).toMatchObject([{ id: 'v1_0', task: { answer: 'You' } }]);
    const twice = await read('videochatgpt', await file('consistency_qa.json', [{ video_name: 'v', Q1: 'Who?', Q2: 'Whom?', A: 'Him' }]), await file('temporal_qa.json', [{ video_name: 'v', Q: 'Then?', A: 'No' }]));
    expect(twice.items.map(({ task }) => task)).toMatchObject([{ question: 'Who?', secondQuestion: 'Whom?', aspects: ['consistency'] }, { aspects: ['temporal'] }]);
  });

  it.each([
    ['mvbench', 'x.json', '{"a":'],
    ['mvbench', 'x.json', '{}'],
    ['densecaption', 'x.json', '[]'],
    ['openqa', 'x.jsonl', '{"a":1}\nnot json'],
    ['openqa', 'x.json', '"text"'],
    ['nextqa', 'x.csv', 'a,"b\nc'],
  ] as const)('%s refuses %s of %j', async (task, name, content) => {
    await expect(readEvalData(task, [await file(name, content)], undefined)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
  });

  it('refuses what is not there, folders without files, and bytes that are no text', async () => {
    await expect(readEvalData('mvbench', [path.join(folder, 'missing')], undefined)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
    await expect(readEvalData('nextqa', [folder], undefined)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
    await writeFile(path.join(folder, 'x.json'), Buffer.from([0xff, 0xfe, 0x00]));
    await expect(readEvalData('mvbench', [path.join(folder, 'x.json')], undefined)).rejects.toMatchObject({ code: ErrorCode.FormatInvalid });
  });
});

describe('PredictionFile', () => {
  it('goes on behind the last whole record; the last record of an item counts', async () => {
    const place = await file('p.jsonl', '{"id":1,"answer":"a"}\n{"id":"b","error":{"message":"no"}}\n{"id":"b","answer":"yes"}\n{"id":"c","ans');
    const predictions = await PredictionFile.open(place);
    expect(predictions.get('1')?.answer).toBe('a');
    expect(predictions.get('b')).toEqual({ id: 'b', answer: 'yes' });
    expect(predictions.get('c')).toBeUndefined();
    await predictions.add({ id: 'c', spans: [[1, 2]] });
    await predictions.dispose();
    const again = await PredictionFile.open(place);
    expect(again.get('c')?.spans).toEqual([[1, 2]]);
    await again.dispose();
  });

  it('keeps a last record that only lacks its line break', async () => {
    const place = await file('p.jsonl', '{"id":1,"answer":"a"}');
    const predictions = await PredictionFile.open(place);
    await predictions.add({ id: '2', answer: 'b' });
    await predictions.dispose();
    const again = await PredictionFile.open(place);
    expect([again.get('1')?.answer, again.get('2')?.answer]).toEqual(['a', 'b']);
    await again.dispose();
  });

  it('reads ActivityNet results, and adds nothing to them', async () => {
    const place = await file('r.json', { version: 'VERSION 1.0', results: { v_a: [{ sentence: 'x', timestamp: [0, 1] }] } });
    const predictions = await PredictionFile.open(place);
    expect(predictions.grows).toBe(false);
    expect(predictions.get('v_a')?.captions).toEqual([{ sentence: 'x', timestamp: [0, 1] }]);
  });

  it.each(['{"id":1}\nrubbish\n{"id":2}\n', 'rubbish\n', '{"id":1,"spans":[["a",2]]}\n', '{"results": {"a": [{"sentence": 1}]}}'])('refuses %j, with the line', async (content) => {
    await expect(PredictionFile.open(await file('p.jsonl', content))).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('says where it cannot write', async () => {
    const predictions = await PredictionFile.open(path.join(folder, 'no/such/place.jsonl'));
    await expect(predictions.add({ id: 'x', answer: '' })).rejects.toMatchObject({ code: ErrorCode.AnnotationsNotWritten });
  });
});
