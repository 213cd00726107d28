import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseBatchLine, readBatchInput } from '../../../server/cli/batch/readBatchInput.js';

const parse = (value: unknown) => parseBatchLine(typeof value === 'string' ? value : JSON.stringify(value), 7, '/data');
const problem = (value: unknown): string => {
  const item = parse(value);
  return 'problem' in item ? `${item.id}: ${item.problem.message}` : 'none';
};

describe('parseBatchLine', () => {
  it('resolves videos beside the file', () => {
    expect(parse({ id: 1, video: 'a/b.mp4', question: ' q ' })).toEqual({
      id: 1,
      video: path.resolve('/data/a/b.mp4'),
      turns: ['q'],
      single: true,
    });
    expect(parse({ id: 'x', video: '/other/b.mp4', turns: ['q', 'r'], more: true })).toMatchObject({
      video: path.resolve('/other/b.mp4'),
      turns: ['q', 'r'],
      single: false,
    });
  });

  it.each([
    ['{', 'line 7: Line 7 is not JSON.'],
    ['[]', 'line 7: Line 7 is wrong'],
    ['null', 'line 7: Line 7 is wrong'],
    [{ id: 1, video: 'v' }, '1: Line 7 is wrong: give either "question" or "turns".'],
    [{ id: 1, video: 'v', question: 'q', turns: ['q'] }, '1: Line 7 is wrong: give either'],
    [{ id: 1, video: 'v', turns: [] }, '1: Line 7 is wrong: "turns"'],
    [{ id: 1, video: 'v', turns: ['q', ' '] }, '1: Line 7 is wrong: "turns.1"'],
    [{ id: 1, video: 5, question: 'q' }, '1: Line 7 is wrong: "video"'],
    [{ id: null, video: 'v', question: 'q' }, 'line 7: Line 7 is wrong: "id"'],
    [{ id: '', video: 'v', question: 'q' }, 'line 7: Line 7 is wrong: "id"'],
    [{ id: 1, video: 'v', question: 'q'.repeat(100_001) }, '1: Line 7 is wrong: "question"'],
  ])('says what is wrong with %j', (value, message) => {
    expect(problem(value)).toContain(message);
  });
});

describe('readBatchInput', () => {
  it('copes with a byte order mark, CRLF, blank lines and a missing last newline', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-input-'));
    const file = path.join(folder, 'in.jsonl');
    await writeFile(file, '\uFEFF{"id":1,"video":"v","question":"q"}\r\n\r\n  \nbad\n{"id":2,"video":"v","question":"q"}');
    const items = await readBatchInput(file);
    await rm(folder, { recursive: true });
    expect(items.map((item) => item.id)).toEqual([1, 'line 4', 2]);
  });
});
