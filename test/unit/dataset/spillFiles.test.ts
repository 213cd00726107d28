import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { SpillFiles } from '../../../server/dataset/spillFiles.js';

const temporary = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('videochat-dataset-'));

describe('heaps of lines', () => {
  it('come back in their order from memory and disk, and leave nothing behind', async () => {
    const before = await temporary();
    const heaps = new SpillFiles();
    // More than memory may hold; with characters that some take for the end of a line.
    const line = (i: number): string => `${i} \u2028\r${'ä'.repeat(50_000)}`;
    for (let i = 0; i < 600; i++) {
      await heaps.add(i % 3, line(i));
    }
    expect((await temporary()).length).toBe(before.length + 1);
    expect(heaps.numbers).toEqual([0, 1, 2]);
    for (const heap of heaps.numbers) {
      let next = heap;
      for await (const found of heaps.lines(heap)) {
        expect(found === line(next), `line ${next}`).toBe(true);
        next += 3;
      }
      expect(next).toBe(600 + heap);
    }
    await heaps.dispose();
    expect((await temporary()).length).toBe(before.length);
  });
});
