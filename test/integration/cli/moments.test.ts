import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationResult, LocateResult } from '../../../server/protocol/index.js';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { buildCli, repository, runCli } from './runCli.js';

const timeout = 300_000;
const toybox = path.join(repository, 'models', 'videochat-mini', 'sample.mp4');

describe('finding moments, dense captions and evaluation with the real server', () => {
  let folder: string;
  beforeAll(async () => {
    await buildCli();
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-moments-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const run = (args: string[]) =>
    runCli([...args, '--model', 'videochat-mini'], { real: true, cwd: folder, env: { VIDEOCHAT_CACHE: path.join(folder, 'cache'), VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu' } });

  it('locates a thing of the toybox by the model’s own sense of time', async () => {
    const { code, out, err } = await run(['locate', toybox, 'the first object', '--answers-from', 'embeddings', '--json']);
    expect(code, err).toBe(0);
    expect(err).toContain('demonstration model');
    const { spans, from, confidenceOf, model, facts } = JSON.parse(out) as LocateResult;
    expect({ from, confidenceOf }).toEqual({ from: 'embeddings', confidenceOf: 'tokens' });
    expect(model?.answer).toMatch(/^From \d+\.\d to \d+\.\d seconds\.$/);
    const [span] = spans;
    expect(span?.endSeconds).toBeGreaterThan(span?.startSeconds ?? Infinity);
    expect(span?.endSeconds).toBeLessThanOrEqual(facts.durationSeconds);
    expect(span?.confidence).toBeGreaterThan(0);
    expect(span?.confidence).toBeLessThanOrEqual(1);
    expect(span?.frameSeconds.length).toBeGreaterThan(0);
  }, timeout);

  it('reads the timeline where the model can, and answers in its form', async (context) => {
    const { abilities } = JSON.parse(await readFile(path.join(repository, 'models', 'videochat-mini', 'manifest.json'), 'utf8')) as { abilities: string[] };
    context.skip(!abilities.includes('timeline'), 'this model reads no timelines');
    const { out, err } = await run(['locate', toybox, 'When does the picture move?', '--answers-from', 'timeline', '--json']);
    const { model, spans, from, facts } = JSON.parse(out) as LocateResult;
    expect(model?.answer, err).toMatch(/^(?:(?:From [\d.]+ to|At) [\d.]+ seconds(?: and .*)?\.|The timeline does not show that\.)$/);
    expect(spans.every(({ startSeconds, endSeconds }) => endSeconds > startSeconds && endSeconds <= facts.durationSeconds)).toBe(true);
    expect(['timeline', 'events']).toContain(from);
    // What nobody noticed is not believed, whatever the model says.
    const unseen = JSON.parse((await run(['locate', toybox, 'a zeppelin', '--answers-from', 'timeline', '--json'])).out) as LocateResult;
    expect(unseen.spans.every(({ confidence }) => confidence <= 0.2)).toBe(true);
  }, timeout);

  it('says what it did not find, and with which code', async () => {
    const { code, out, err } = await run(['locate', toybox, 'a zeppelin', '--answers-from', 'events']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('Nothing was noticed of: zeppelin.');
    expect((await run(['locate', toybox, 'x', '--span', '9000-9001'])).code).toBe(1);
    expect((await run(['locate', toybox, '  '])).code).toBe(1);
  }, timeout);

  it('captions event by event, in every format', async () => {
    const text = await run(['dense-caption', toybox, '--answers-from', 'embeddings']);
    expect(text.code, text.err).toBe(0);
    expect(text.out).toMatch(/^0:00\.0–\d/);
    const kept = async (format: string): Promise<string> => {
      const out = path.join(folder, `out.${format}`);
      const { code, err } = await run(['dense-caption', toybox, '--answers-from', 'embeddings', '--format', format, '--out', out]);
      expect(code, err).toBe(0);
      return readFile(out, 'utf8');
    };
    const lines = text.out.trimEnd().split('\n').length;
    expect((await kept('webvtt')).match(/-->/g)).toHaveLength(lines);
    expect((await kept('srt')).match(/-->/g)).toHaveLength(lines);
    const { results } = JSON.parse(await kept('activitynet')) as { results: Record<string, { timestamp: [number, number] }[]> };
    expect(results['sample']).toHaveLength(lines);
    expect(results['sample']?.every(({ timestamp: [start, end] }) => end > start)).toBe(true);
    expect(readAnnotations(await kept('annotations')).document?.segments).toHaveLength(lines);
  }, timeout);

  it('evaluates choices: makes what is missing, in order, goes on behind a bad item, and scores what is there', async () => {
    const item = { video: 'sample.mp4', question: 'How many objects are there?', candidates: ['one', 'two', 'three'], answer: 'two' };
    const data = path.join(folder, 'counting.json');
    await writeFile(data, JSON.stringify([item, { ...item, video: 'missing.mp4' }, { ...item, start: 0, end: 3 }, { ...item, answer: 'nine' }]));
    const args = ['eval', 'mvbench', data, '--videos', path.dirname(toybox), '--predictions', 'p.jsonl', '--json'];
    const { code, out, err } = await run(args);
    expect(code, err).toBe(1);
    const result = JSON.parse(out) as EvaluationResult;
    expect(result).toMatchObject({ items: 3, predicted: 2, failed: [{ id: 'counting/3' }, { id: 'counting/1' }] });
    const lines = (await readFile(path.join(folder, 'p.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as { id: string });
    expect(lines.map(({ id }) => id)).toEqual(['counting/0', 'counting/1', 'counting/2']);
    // Only what failed is tried again.
    await run(args);
    const again = (await readFile(path.join(folder, 'p.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(again).toHaveLength(4);
    await writeFile(path.join(folder, 'given.jsonl'), '{"id":"counting/0","answer":"B) two"}\n{"id":"counting/1","answer":"A)"}\n');
    const given = await run(['eval', 'mvbench', data, '--predictions', 'given.jsonl', '--score-only', '--out', 'scores.json']);
    expect(given.out).toContain('accuracy 0.3333');
    expect(given.out).toContain('1 of 3 items have no prediction');
    expect(JSON.parse(await readFile(path.join(folder, 'scores.json'), 'utf8'))).toMatchObject({ rows: [{ name: 'all', items: 3, scores: { right: 1 } }] });
  }, timeout);

  it('evaluates grounding and dense captions with what the model makes', async () => {
    const lines = path.join(folder, 'sta.txt');
    await writeFile(lines, 'sample 0 100##the first object\n');
    const grounding = await run(['eval', 'grounding', lines, '--videos', path.dirname(toybox), '--answers-from', 'embeddings', '--json', '--predictions', 'g.jsonl']);
    expect(grounding.code, grounding.err).toBe(0);
    expect(JSON.parse(grounding.out)).toMatchObject({ predicted: 1, rows: [{ items: 1, scores: { mIoU: expect.any(Number) as number } }] });
    const captions = path.join(folder, 'val.json');
    await writeFile(captions, JSON.stringify({ sample: { duration: 10, timestamps: [[0, 5], [5, 10]], sentences: ['A red circle moves left.', 'A blue square stays.'] } }));
    const results = path.join(folder, 'out.activitynet');
    const dense = await run(['eval', 'densecaption', captions, '--predictions', results, '--score-only', '--json']);
    expect(dense.code, dense.err).toBe(0);
    const [row] = (JSON.parse(dense.out) as EvaluationResult).rows;
    expect(row?.scores['SODA_c']).toBeGreaterThan(0);
    expect(row?.scores['METEOR']).toBeGreaterThan(0);
  }, timeout);

  it('lets a model judge open answers: what it says always has a score', async () => {
    const data = path.join(folder, 'qa.json');
    await writeFile(data, JSON.stringify([{ video_name: 'sample', question: 'How many objects are there?', answer: 'Two.' }]));
    await writeFile(path.join(folder, 'open.jsonl'), '{"id":"qa#0","answer":"two"}\n');
    const { code, out, err } = await run(['eval', 'openqa', data, '--predictions', 'open.jsonl', '--score-only', '--judge', 'videochat-mini', '--json']);
    expect(code, err).toBe(0);
    const [row] = (JSON.parse(out) as EvaluationResult).rows;
    expect(row?.scores['same words']).toBe(1);
    expect(row?.scores['score']).toBeGreaterThanOrEqual(0);
  }, timeout);

  it('refuses hostile datasets with what is wrong', async () => {
    const bad = path.join(folder, 'bad.json');
    await writeFile(bad, '[{"video": 1,');
    const { code, err } = await run(['eval', 'mvbench', bad, '--score-only']);
    expect(code).toBe(1);
    expect(err).toContain('bad.json cannot be read: it is not JSON');
    expect((await run(['eval', 'soup', bad])).code).toBe(2);
    await writeFile(path.join(folder, 'broken.jsonl'), 'x\n');
    await writeFile(bad, '[]');
    const broken = await run(['eval', 'mvbench', bad, '--score-only', '--predictions', 'broken.jsonl']);
    expect(broken.err).toContain('Line 1 of the predictions is no record.');
  }, timeout);
});
