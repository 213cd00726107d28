import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCli, runCli } from './runCli.js';

interface Line {
  id: string | number;
  answer?: string;
  answers?: string[];
  timings?: unknown;
  error?: { code: number; name: string; message: string };
}

describe('videochat batch', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const run = (options = {}) => runCli(['batch', file('in.jsonl'), file('out.jsonl')], options);
  const ask = (...lines: (object | string)[]) =>
    writeFile(file('in.jsonl'), lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''));
  const results = async (): Promise<Line[]> =>
    (await readFile(file('out.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Line);

  beforeAll(buildCli);
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-batch-'));
    await writeFile(file('a.mp4'), 'a');
    await writeFile(file('b.mp4'), 'b');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('answers questions and conversations in the order of the input', async () => {
    await ask(
      { id: 1, video: 'a.mp4', question: 'what' },
      { id: 'two', video: 'b.mp4', turns: ['x', 'y'] },
      { id: 3, video: file('a.mp4'), question: 'where' },
    );
    expect((await run()).code).toBe(0);
    const lines = await results();
    expect(lines.map(({ id, answer, answers }) => ({ id, answer, answers }))).toEqual([
      { id: 1, answer: 'Echo 1: what' },
      { id: 'two', answers: ['Echo 1: x', 'Echo 2: y'] },
      { id: 3, answer: 'Echo 1: where' },
    ]);
    expect(lines[0]?.timings).toMatchObject({ total: 4 });
    expect(lines[1]?.timings).toHaveLength(2);
  });

  it('opens a clip once for all its questions', async () => {
    await ask(
      { id: 1, video: 'a.mp4', question: 'q' },
      { id: 2, video: 'b.mp4', question: 'q' },
      { id: 3, video: 'a.mp4', question: 'opens' },
    );
    await run();
    expect((await results())[2]?.answer).toBe('2');
  });

  it('turns a bad line into an error line and goes on', async () => {
    await ask(
      'not json',
      { id: 'both', video: 'a.mp4', question: 'q', turns: ['q'] },
      { id: 'lost', video: 'missing.mp4', question: 'q' },
      { video: 'a.mp4', question: 'q' },
      { id: 'good', video: 'a.mp4', question: 'q' },
    );
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('1 answered, 4 failed.');
    const lines = await results();
    expect(lines.map((line) => [line.id, line.error?.name])).toEqual([
      ['line 1', 'InvalidParams'],
      ['both', 'InvalidParams'],
      ['lost', 'VideoNotFound'],
      ['line 4', 'InvalidParams'],
      ['good', undefined],
    ]);
    expect(lines[1]?.error?.message).toContain('give either "question" or "turns"');
  });

  it('goes on with a new server when a line kills it', async () => {
    await ask({ id: 1, video: 'a.mp4', question: 'crash' }, { id: 2, video: 'a.mp4', question: 'q' });
    await run();
    expect((await results()).map((line) => line.error?.name ?? line.answer)).toEqual(['ConnectionLost', 'Echo 1: q']);
  });

  it('gives up when every line kills the server', async () => {
    await ask(...Array.from({ length: 8 }, (_, id) => ({ id, video: 'a.mp4', question: 'crash' })));
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('(ConnectionLost)');
    expect(await results()).toHaveLength(4);
  });

  it('keeps finished lines, repairs a cut one and does the rest', async () => {
    await ask(...[1, 2, 3].map((id) => ({ id, video: 'a.mp4', question: 'q' })));
    const kept = JSON.stringify({ id: 1, answer: 'from before' });
    await writeFile(file('out.jsonl'), `${kept}\n{"id":2,"answ`);
    expect((await run()).code).toBe(0);
    expect((await results()).map((line) => line.answer)).toEqual(['from before', 'Echo 1: q', 'Echo 1: q']);
    const finished = await readFile(file('out.jsonl'), 'utf8');
    expect((await run()).code).toBe(0);
    expect(await readFile(file('out.jsonl'), 'utf8')).toBe(finished);
  });

  it('keeps a whole last line that only lacks its newline', async () => {
    await ask(...[1, 2].map((id) => ({ id, video: 'a.mp4', question: 'q' })));
    await writeFile(file('out.jsonl'), '{"id":1,"answer":"from before"}');
    await run();
    expect((await results()).map((line) => line.answer)).toEqual(['from before', 'Echo 1: q']);
  });

  it('does not touch the results of another batch', async () => {
    await ask({ id: 1, video: 'a.mp4', question: 'q' });
    await writeFile(file('out.jsonl'), '{"id":"other","answer":"a"}\n');
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain('belongs to another batch');
    expect(await readFile(file('out.jsonl'), 'utf8')).toBe('{"id":"other","answer":"a"}\n');
  });

  it('refuses to write over its input, and an input that is not there', async () => {
    await ask({ id: 1, video: 'a.mp4', question: 'q' });
    expect((await runCli(['batch', file('in.jsonl'), file('in.jsonl')])).code).toBe(2);
    expect((await runCli(['batch', file('none.jsonl'), file('out.jsonl')])).err).toMatch(/cannot be read.*\(InvalidParams\)/);
  });

  it('can be interrupted and taken up again', async () => {
    await ask(...[1, 2].map((id) => ({ id, video: 'a.mp4', question: 'q' })), { id: 3, video: 'a.mp4', question: 'slow' });
    let sent = false;
    let interval: NodeJS.Timeout | undefined;
    const { code, err } = await runCli(['batch', file('in.jsonl'), file('out.jsonl')], {
      onStart: (child) => {
        interval = setInterval(() => {
          const interrupt = (lines: Line[]): void => {
            sent ||= lines.length === 2 && child.kill('SIGINT');
          };
          results().then(interrupt, () => undefined);
        }, 50);
      },
    });
    clearInterval(interval);
    expect(code).toBe(130);
    expect(err).toContain('2 of 3 lines done');
    await ask(...[1, 2, 3].map((id) => ({ id, video: 'a.mp4', question: 'q' })));
    expect((await run()).code).toBe(0);
    expect(await results()).toHaveLength(3);
  });
});
