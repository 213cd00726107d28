import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipEntry, SearchRow } from '../search/clipEntry.js';
import { SearchThread } from '../search/searchThread.js';
import { databasePath } from '../search/searchIndex.js';
import { wordsOf } from '../search/words.js';
import type { BenchResult } from './benchResult.js';
import { medianTime } from './measure.js';

const clipCount = 10_000;
const rowsPerClip = 20;
const clipsAtOnce = 50;
const rounds = 15;
const plenty = 4 * 1024 ** 3;
const labels = ['person', 'car', 'dog', 'bicycle', 'bus', 'chair', 'laptop', 'cup', 'bottle', 'cat'];
const queries = ['rare7', 'dog', 'animal', 'person bicycle', '"word3 word5"'];

/** Questions to an index of 10,000 clips, compared with reading the words of all rows, in the same run. */
export async function benchSearch(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'videochat-bench-'));
  const thread = new SearchThread(folder, plenty);
  try {
    const started = performance.now();
    const entries: ClipEntry[] = [];
    for (let i = 0; i < clipCount; i += clipsAtOnce) {
      const some = Array.from({ length: clipsAtOnce }, (_, k) => clipOf(i + k));
      entries.push(...some);
      await thread.call('put', some);
    }
    const indexSeconds = (performance.now() - started) / 1000;
    const begun = performance.now();
    await thread.call('query', { query: queries[0] ?? '' });
    const firstMs = performance.now() - begun;
    const results: BenchResult[] = [];
    for (const query of queries) {
      const asked = await medianTime(() => thread.call('query', { query }), rounds);
      const scanned = await medianTime(async () => scan(entries, query), 3);
      results.push({
        name: `search: ${query} in ${clipCount} clips, against reading all of their words`,
        ratio: scanned / asked,
        numbers: [
          { label: 'index', value: asked, unit: 'ms' },
          { label: 'all words', value: scanned, unit: 'ms' },
        ],
      });
    }
    const { size } = await stat(databasePath(folder));
    results[0]?.numbers.push(
      { label: 'indexing', value: indexSeconds, unit: 's' },
      { label: 'rows', value: clipCount * rowsPerClip, unit: '' },
      { label: 'on disk', value: size / 1e6, unit: 'MB' },
      { label: 'first question', value: firstMs, unit: 'ms' },
    );
    return results;
  } finally {
    await thread.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function clipOf(number: number): ClipEntry {
  const rows = Array.from({ length: rowsPerClip }, (_, i): SearchRow => {
    const isObject = i % 2 === 0;
    const seed = number * 31 + i * 17;
    const text = isObject ? (labels[seed % labels.length] ?? '') : Array.from({ length: 8 }, (__, k) => `word${(seed * (k + 3)) % 997}`).join(' ') + (number % 1000 === 0 ? ` rare${i}` : '');
    return { kind: isObject ? 'objects' : 'speech', text, startSeconds: i, endSeconds: i + 2, source: 'bench', confidence: 0.8 };
  });
  return { path: `/bench/${number % 100}/clip-${number}.mp4`, parts: [{ source: 'bench', stamp: '1', rows }], gone: [] };
}

/** What a program without an index would do. */
function scan(entries: readonly ClipEntry[], query: string): number {
  const wanted = wordsOf(query).map(({ text }) => text);
  let found = 0;
  for (const { parts } of entries) {
    for (const { rows } of parts) {
      found += rows.filter(({ text }) => wordsOf(text).some((word) => wanted.includes(word.text))).length;
    }
  }
  return found;
}
