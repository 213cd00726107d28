import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode, type SearchQueryParams } from '../../../server/protocol/index.js';
import { type ClipEntry, type SearchRow, wholeClip } from '../../../server/search/clipEntry.js';
import { databasePath, SearchIndex } from '../../../server/search/searchIndex.js';
import { openDatabase } from '../../../server/search/sqlite.js';

let folder: string;
let index: SearchIndex;
const opened: SearchIndex[] = [];
const plenty = 1 << 30;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'videochat-test-'));
  index = open();
});
afterEach(() => {
  opened.splice(0).forEach((each) => each.dispose());
  rmSync(folder, { recursive: true, force: true });
});

function open(limitBytes = plenty, at = folder): SearchIndex {
  const each = new SearchIndex(at, limitBytes, `test-${opened.length}`);
  opened.push(each);
  return each;
}
const row = (kind: SearchRow['kind'], text: string, startSeconds: number, endSeconds: number, more: Partial<SearchRow> = {}): SearchRow => ({ kind, text, startSeconds, endSeconds, source: 'test', ...more });
const clip = (path: string, rows: SearchRow[], source = 'timeline'): ClipEntry => ({ path, parts: [{ source, stamp: '1', rows }], gone: [] });
const street = (): ClipEntry =>
  clip('/v/street.mp4', [
    row('objects', 'car', 1, 5, { confidence: 0.8, count: 2, bestSeconds: 4 }),
    row('objects', 'person', 3, 9, { confidence: 0.9 }),
    row('text', 'EXIT 出口在左边', 2, 4),
    row('speech', 'The dog is running', 20, 22),
    row('name', 'v/street', wholeClip.startSeconds, wholeClip.endSeconds),
  ]);
const zoo = (): ClipEntry => clip('/v/a/zoo.mp4', [row('objects', 'dog', 0, 5, { confidence: 0.7 }), row('objects', 'cat', 6, 9, { confidence: 0.7 })]);
const brief = (query: string, more: Partial<SearchQueryParams> = {}): string[] =>
  index.query({ query, ...more }).moments.map(({ path, startSeconds, endSeconds }) => `${path.split('/').at(-1) ?? ''} ${startSeconds}–${endSeconds}`);

describe('a question to the index', () => {
  beforeEach(() => void index.put([street(), zoo()]));

  it('finds moments with what was found there, where it stands and why', () => {
    const { moments, clips, more } = index.query({ query: 'vehicle' });
    expect({ clips, more }).toEqual({ clips: 2, more: false });
    expect(moments).toEqual([
      {
        path: '/v/street.mp4',
        startSeconds: 1,
        endSeconds: 5,
        bestSeconds: 4,
        missing: [],
        score: expect.any(Number),
        matches: [
          {
            ...{ kind: 'objects', text: 'car', startSeconds: 1, endSeconds: 5, source: 'test', confidence: 0.8, count: 2 },
            ranges: [[0, 3]],
            widened: [{ found: 'car', asked: 'vehicle', how: 'kind' }],
          },
        ],
      },
    ]);
  });

  it('puts what was asked for before what it was widened to, and near kinds before far ones', () => {
    index.put([clip('/v/b.mp4', [row('objects', 'animal', 1, 2, { confidence: 0.2 }), row('objects', 'pet', 30, 31, { confidence: 0.7 })])]);
    const found = index.query({ query: 'animals' }).moments.map(({ matches }) => matches[0]?.text);
    expect(found).toEqual(['pet', 'animal', 'dog', 'The dog is running', 'cat'].sort((a, b) => found.indexOf(a) - found.indexOf(b)));
    expect(found.indexOf('animal')).toBeLessThan(found.indexOf('dog'));
    expect(found.indexOf('pet')).toBeLessThan(found.indexOf('cat'));
  });

  it('joins what is seen at one time, and tells what is missing', () => {
    const [first, second] = index.query({ query: 'person car dog' }).moments;
    expect(first).toMatchObject({ startSeconds: 3, endSeconds: 5, missing: ['dog'] });
    expect(first?.matches.map(({ text }) => text).sort()).toEqual(['car', 'person']);
    expect(second?.missing).toHaveLength(2);
  });

  it('counts the name of a clip for each of its moments', () => {
    expect(brief('street dog')[0]).toBe('street.mp4 20–22');
    expect(brief('street')).toEqual(['street.mp4 0–0']);
  });

  it('leaves out what must not be there', () => {
    expect(brief('car -person')).toEqual([]);
    expect(brief('car -dog')).toEqual(['street.mp4 1–5']);
  });

  it('keeps to folders and kinds, and to a number of moments', () => {
    expect(brief('dog', { folders: ['/v/a'] })).toEqual(['zoo.mp4 0–5']);
    expect(brief('dog', { folders: ['/v/a/'] })).toEqual(['zoo.mp4 0–5']);
    expect(brief('dog', { folders: ['/'] })).toHaveLength(2);
    expect(brief('dog', { folders: ['/v/nowhere'] })).toEqual([]);
    expect(brief('dog', { kinds: ['speech'] })).toEqual(['street.mp4 20–22']);
    const limited = index.query({ query: 'animal', limit: 1 });
    expect([limited.moments.length, limited.more]).toEqual([1, true]);
  });

  it('finds Chinese inside of a line, and words in quotes only in their order', () => {
    expect(brief('出口')).toEqual(['street.mp4 2–4']);
    expect(brief('口在')).toEqual(['street.mp4 2–4']);
    expect(brief('"左出"')).toEqual([]);
    expect(brief('"is running"')).toEqual(['street.mp4 20–22']);
    expect(brief('"running is"')).toEqual([]);
  });

  it('takes words of any script as they are', () => {
    const texts = ['½ cup', '𞤀𞤣𞤤𞤢𞤥', 'Straße', 'ﬁne', '㈱東京', 'naïve', 'हिन्दी', 'مُحَمَّد', 'ไทย', '२०२६', 'İstanbul', 'Ω²'];
    index.put([clip('/v/scripts.mp4', texts.map((text, i) => row('text', text, i, i + 1)))]);
    texts.forEach((text, i) => expect(brief(text), text).toContain(`scripts.mp4 ${i}–${i + 1}`));
    expect(brief('NAIVE')).toEqual(['scripts.mp4 5–6']);
    expect(() => brief('😀')).toThrow('nothing to look for');
  });

  it('takes what looks like a question to SQLite for words', () => {
    for (const query of ['dog" OR "cat', "dog' --", 'dog) OR (cat', 'objects : dog', 'NEAR(dog cat)', 'dog*', '^dog', '{dog}']) {
      expect(() => index.query({ query }), query).not.toThrow();
    }
    expect(brief('dog*').length).toBe(2);
  });
});

describe('the index on disk', () => {
  it('replaces a part of a clip, keeps the others, and forgets what is gone', () => {
    index.put([street(), clip('/v/street.mp4', [row('annotations', 'a red bus', 0, 1)], 'annotations')]);
    expect([brief('car'), brief('bus')]).toEqual([['street.mp4 1–5'], ['street.mp4 0–1']]);
    index.put([clip('/v/street.mp4', [row('objects', 'boat', 7, 8)])]);
    expect([brief('car'), brief('boat'), brief('bus')]).toEqual([['street.mp4 0–1'], ['street.mp4 7–8'], ['street.mp4 0–1']].map((each, i) => (i === 0 ? [] : each)));
    index.put([{ path: '/v/street.mp4', parts: [], gone: ['timeline'] }]);
    expect([brief('boat'), brief('bus')]).toEqual([[], ['street.mp4 0–1']]);
    index.remove(['/v/street.mp4', '/v/never.mp4']);
    expect([brief('bus'), index.known(['/v']).clips]).toEqual([[], []]);
  });

  it('is there for another one, who sees what this one adds', () => {
    index.put([street()]);
    const other = open();
    expect(other.query({ query: 'car' }).moments).toHaveLength(1);
    other.put([zoo()]);
    expect(brief('cat')).toEqual(['zoo.mp4 6–9']);
    expect(index.known(['/v']).clips).toEqual([
      { path: '/v/a/zoo.mp4', stamps: { timeline: '1' } },
      { path: '/v/street.mp4', stamps: { timeline: '1' } },
    ]);
  });

  it('begins anew where the file is none of ours, and says so once', () => {
    index.put([street()]);
    index.dispose();
    for (const bytes of ['not a database', 'SQLite format 3\0'.padEnd(8192, 'x')]) {
      writeFileSync(databasePath(folder), bytes);
      const fresh = open();
      expect(fresh.query({ query: 'car' })).toMatchObject({ moments: [], clips: 0, rebuilt: true });
      expect(fresh.query({ query: 'car' })).toMatchObject({ rebuilt: false });
      fresh.put([street()]);
      expect(fresh.query({ query: 'car' }).moments).toHaveLength(1);
      fresh.dispose();
    }
  });

  it('begins anew where its middle was overwritten or its end is missing', () => {
    const many = Array.from({ length: 300 }, (_, i) => clip(`/v/${i}.mp4`, [row('speech', `sentence ${i} about a car and number${i * 7}`, 0, 1)]));
    for (const damage of [(bytes: Buffer) => bytes.fill(0x5a, 4096, bytes.length), (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)]) {
      index.put(many);
      index.dispose();
      writeFileSync(databasePath(folder), damage(readFileSync(databasePath(folder))));
      index = open();
      const result = index.query({ query: 'car' });
      expect(result.rebuilt || index.put(many).rebuilt).toBe(true);
      index.put(many);
      expect(index.query({ query: 'car', limit: 300 }).moments.length).toBeGreaterThan(100);
    }
  });

  it('does not wait for what a dead process has left', () => {
    index.put([street()]);
    index.dispose();
    // A number that no process has: they end before it.
    writeFileSync(`${databasePath(folder)}.owner`, `4194399 ${hostname()} other`);
    mkdirSync(`${databasePath(folder)}.lock`);
    const started = performance.now();
    expect(open().query({ query: 'car' }).moments).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(readdirSync(folder).filter((name) => /lock|owner|claim/.test(name))).toEqual([]);
  });

  it('is refused where its folder cannot be written to', () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file');
    expect(() => new SearchIndex(folder, plenty, 'x')).toThrow();
  });

  it('stays within its size: the clips that were indexed first make room', () => {
    index.dispose();
    index = open(400_000);
    let dropped = 0;
    for (let batch = 0; batch < 12; batch++) {
      const rows = Array.from({ length: 20 }, (_, i) => row('speech', `word${batch}x${i} ${'filler text '.repeat(20)}`, i, i + 1));
      dropped += index.put(Array.from({ length: 10 }, (_, i) => clip(`/v/${String(batch * 10 + i).padStart(4, '0')}.mp4`, rows))).dropped;
    }
    expect(dropped).toBeGreaterThan(0);
    expect(statSync(databasePath(folder)).size).toBeLessThan(4_000_000);
    expect(index.query({ query: 'word11x3' }).moments.length).toBeGreaterThan(0);
    expect(index.query({ query: 'word0x3' }).moments).toEqual([]);
  });

  it('takes back what a killed process has half written', () => {
    index.put(Array.from({ length: 200 }, (_, i) => clip(`/v/${i}.mp4`, [row('speech', `a car and number${i} ${'filler '.repeat(40)}`, 0, 1)])));
    index.dispose();
    const killed = join(folder, 'killed');
    mkdirSync(killed);
    const database = openDatabase(databasePath(folder));
    // With so little memory, pages of the transaction are in the file before it ends.
    database.exec("pragma journal_mode = truncate; pragma cache_size = 2; begin; update moment set text = 'never said ' || id");
    for (const ending of ['', '-journal']) {
      copyFileSync(databasePath(folder) + ending, databasePath(killed) + ending);
    }
    database.exec('rollback');
    database.close();
    expect(readFileSync(databasePath(killed)).includes('never said')).toBe(true);
    const found = open(plenty, killed).query({ query: 'car', limit: 200 });
    expect(found).toMatchObject({ rebuilt: false, clips: 200 });
    expect(found.moments.every(({ matches }) => matches[0]?.text.startsWith('a car'))).toBe(true);
    expect(readFileSync(databasePath(killed)).includes('never said')).toBe(false);
  });

  it('refuses questions without words', () => {
    expect(() => index.query({ query: '?' })).toThrow(expect.objectContaining({ code: ErrorCode.InvalidParams }));
  });
});
