import { describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { readDataset } from '../../../server/common/annotations/datasetSchema.js';

const start = '{"format":"videochat-annotations","version":1,"media":{"path":"a.mp4"}';

describe('reading an annotation document', () => {
  it('takes one without lists, and one with a byte order mark', () => {
    expect(readAnnotations(`${start}}`).document).toMatchObject({ segments: [], questions: [], conversations: [] });
    expect(readAnnotations(`\uFEFF${start}}`).problems).toBeUndefined();
  });

  it('says where a text stops being JSON', () => {
    const { problems } = readAnnotations(`${start},}`);
    expect(problems).toMatchObject([{ code: 'notJson', severity: 'error', offset: start.length + 1 }]);
  });

  it.each(['', 'null', '[]', '"x"', '{', 'NaN', '{"format":"other"}'])('answers %j with problems, not with an exception', (text) => {
    expect(readAnnotations(text).problems?.length).toBeGreaterThan(0);
  });

  it('points at the value that is wrong', () => {
    const text = `${start},"segments":[{"id":"s1","start":"now","end":2}]}`;
    const [problem] = readAnnotations(text).problems ?? [];
    expect(problem).toMatchObject({ code: 'schema' });
    expect(text.slice(problem?.offset, (problem?.offset ?? 0) + (problem?.length ?? 0))).toBe('"now"');
    expect(String(problem?.message)).toContain('segments.0.start');
  });

  it('refuses a later version with a sentence that says what to do', () => {
    const [problem] = readAnnotations(start.replace('"version":1', '"version":2') + '}').problems ?? [];
    expect(problem?.code).toBe('newerVersion');
    expect(String(problem?.message)).toContain('Update VideoChat');
  });

  it('does not let a file reach the prototype of objects', () => {
    const { document } = readAnnotations(`${start},"__proto__":{"polluted":1},"segments":[{"id":"s1","start":0,"end":1,"__proto__":{"polluted":1}}]}`);
    expect(document?.segments).toHaveLength(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('tells at most fifty problems of the layout', () => {
    const segments = JSON.stringify(Array.from({ length: 500 }, () => ({ id: 1 })));
    expect(readAnnotations(`${start},"segments":${segments}}`).problems).toHaveLength(50);
  });
});

describe("reading a dataset's manifest", () => {
  const manifest = { format: 'videochat-dataset', version: 1, labels: [{ name: 'opens', key: '1' }, { name: 'closes', key: '1' }] };

  it('is read with its problems of meaning', () => {
    const text = JSON.stringify(manifest);
    const { manifest: read, problems } = readDataset(text);
    expect(read?.labels).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'duplicateId', offset: text.lastIndexOf('"1"') }]);
  });

  it('is refused when its layout is wrong', () => {
    const { manifest: read, problems } = readDataset(JSON.stringify({ ...manifest, labels: [{ name: 'x', color: 'red' }] }));
    expect(read).toBeUndefined();
    expect(problems[0]).toMatchObject({ code: 'schema' });
  });
});
