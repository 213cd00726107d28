import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddingCache } from '../../../server/vision/embeddingCache.js';
import type { Embeddings } from '../../../server/vision/embeddings.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

const entryBytes = 64 + 4 * 8 * 4;
const made = (seed: number): Embeddings => ({
  rows: 4,
  width: 8,
  data: Float32Array.from({ length: 32 }, (_, i) => Math.fround(Math.sin(seed + i))),
});
const key = (n: number): string =>
  EmbeddingCache.key({ contentHash: `hash${n}`, indices: [1, 2], preprocess: {}, modelHash: 'm' });

let folder: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'embeddings');
});
const pathOf = (n: number): string => join(folder, `${key(n)}.vcembed`);
const age = (n: number, seconds: number): Promise<void> => {
  const time = Date.now() / 1000 - seconds;
  return utimes(pathOf(n), time, time);
};

describe('EmbeddingCache', () => {
  it('gives back what was put, also to another instance', async () => {
    await new EmbeddingCache(folder, 1e6).put(key(1), made(1));
    const cache = new EmbeddingCache(folder, 1e6);
    expect(await cache.get(key(1))).toEqual(made(1));
    expect(await cache.get(key(2))).toBeUndefined();
    expect(await cache.bytes()).toBe(entryBytes);
    await cache.clear();
    expect(await cache.bytes()).toBe(0);
  });

  it('keeps a view, not the buffer behind it', async () => {
    const cache = new EmbeddingCache(folder, 1e6);
    const behind = new Float32Array(100).fill(7);
    const view = { rows: 2, width: 2, data: behind.subarray(10, 14) };
    const put = cache.put(key(1), view);
    behind.fill(0);
    await put;
    expect((await cache.get(key(1)))?.data).toEqual(new Float32Array(4).fill(7));
  });

  it('throws out what was used least recently', async () => {
    const cache = new EmbeddingCache(folder, entryBytes * 3);
    for (const n of [1, 2, 3]) {
      await cache.put(key(n), made(n));
      await age(n, 100 - n);
    }
    await cache.get(key(1));
    await cache.put(key(4), made(4));
    expect(await cache.bytes()).toBe(entryBytes * 3);
    const left = await Promise.all([1, 2, 3, 4].map(async (n) => (await cache.get(key(n))) !== undefined));
    expect(left).toEqual([true, false, true, true]);
  });

  it('does not keep what is larger than the limit', async () => {
    const cache = new EmbeddingCache(folder, entryBytes - 1);
    await cache.put(key(1), made(1));
    expect(await cache.get(key(1))).toBeUndefined();
    expect(await cache.bytes()).toBe(0);
  });

  const damages: [string, (file: Buffer) => Buffer][] = [
    ['cut short', (file) => file.subarray(0, 100)],
    ['cut in its header', (file) => file.subarray(0, 20)],
    ['emptied', () => Buffer.alloc(0)],
    ['longer', (file) => Buffer.concat([file, Buffer.alloc(4)])],
    ['of another format', (file) => Buffer.concat([Buffer.from('VCEMBED9'), file.subarray(8)])],
    ['with a flipped bit', (file) => (file.writeUInt8(file.readUInt8(90) ^ 1, 90), file)],
    ['with another shape', (file) => (file.writeUInt32LE(8, 8), file.writeUInt32LE(4, 12), file)],
    ['with a huge shape', (file) => (file.writeUInt32LE(0xffffffff, 8), file)],
  ];
  it.each(damages)('ignores and removes an entry that is %s', async (_, damage) => {
    const cache = new EmbeddingCache(folder, 1e6);
    await cache.put(key(1), made(1));
    await writeFile(pathOf(1), damage(await readFile(pathOf(1))));
    expect(await cache.get(key(1))).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await cache.put(key(1), made(2));
    expect(await cache.get(key(1))).toEqual(made(2));
  });

  it('removes temporary files that a crash left, but not fresh ones', async () => {
    const cache = new EmbeddingCache(folder, 1e6);
    await cache.put(key(1), made(1));
    const [old, fresh] = [`${pathOf(2)}.1.aa.tmp`, `${pathOf(2)}.2.bb.tmp`];
    await writeFile(old, 'x');
    await writeFile(fresh, 'x');
    await utimes(old, 1, 1);
    await cache.bytes();
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([`${key(2)}.vcembed.2.bb.tmp`]);
  });

  it('never fails because of the disk', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, 'x');
    const cache = new EmbeddingCache(join(file, 'below'), 1e6);
    await cache.put(key(1), made(1));
    expect(await cache.get(key(1))).toBeUndefined();
    expect(await cache.bytes()).toBe(0);
  });

  it('refuses keys that are not its own', async () => {
    await expect(new EmbeddingCache(folder, 1e6).get('../../secret')).rejects.toThrow(RangeError);
  });

  it('is shared by several processes', async () => {
    const script = join(await temporaryFolder(), 'worker.mjs');
    await build({
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
      stdin: {
        resolveDir: process.cwd(),
        loader: 'ts',
        contents: `
          import { EmbeddingCache } from './server/vision/embeddingCache.ts';
          const [folder, limit, keys] = process.argv.slice(2);
          const cache = new EmbeddingCache(folder, Number(limit));
          let wrong = 0;
          for (let round = 0; round < 8; round++) {
            for (const [n, key] of JSON.parse(keys).entries()) {
              const data = Float32Array.from({ length: 32 }, (_, i) => n + i);
              const got = await cache.get(key);
              if (got && got.data.some((value, i) => value !== data[i])) wrong++;
              await cache.put(key, { rows: 4, width: 8, data });
            }
          }
          process.send({ wrong });`,
      },
    });
    const keys = JSON.stringify(Array.from({ length: 6 }, (_, n) => key(n)));
    const children = [1, 2, 3].map(() => fork(script, [folder, String(entryBytes * 4), keys], { execArgv: [] }));
    const answers = await Promise.all(children.map((child) => once(child, 'message')));
    expect(answers.map(([answer]) => (answer as { wrong: number }).wrong)).toEqual([0, 0, 0]);
    // One more put by one process: the bound holds whatever the race left.
    const cache = new EmbeddingCache(folder, entryBytes * 4);
    await cache.put(key(99), made(99));
    expect(await cache.bytes()).toBeLessThanOrEqual(entryBytes * 4);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('EmbeddingCache.key', () => {
  const parts = { contentHash: 'c', indices: [1, 2, 3], preprocess: { width: 96, mean: [1, 2] }, modelHash: 'm' };
  it('does not depend on the order of members', () => {
    const turned = { modelHash: 'm', preprocess: { mean: [1, 2], width: 96 }, indices: [1, 2, 3], contentHash: 'c' };
    expect(EmbeddingCache.key(turned)).toBe(EmbeddingCache.key(parts));
  });
  it.each([
    { contentHash: 'd' },
    { indices: [1, 2] },
    { indices: [12, 3] },
    { indices: [2, 1, 3] },
    { preprocess: { width: 96, mean: [2, 1] } },
    { modelHash: 'n' },
  ])('differs with %j', (change) => {
    expect(EmbeddingCache.key({ ...parts, ...change })).not.toBe(EmbeddingCache.key(parts));
  });
});
