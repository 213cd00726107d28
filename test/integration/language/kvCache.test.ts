import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { callAsync } from '../../../server/language/bindings.js';
import { KvCache } from '../../../server/language/kvCache.js';
import { Libllama } from '../../../server/language/libllama.js';
import type { Pointer } from '../../../server/language/structs.js';
import { tinyVocabulary, writeTinyGguf } from '../../fixtures/tinyGguf.js';

let folder: string;
let library: Libllama;
let model: Pointer;
let cache: KvCache;

const chunk = (...ids: number[]) => [{ tokens: Int32Array.from(ids), count: ids.length }, ids] as const;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-kv-'));
  const file = await writeTinyGguf(path.join(folder, 'tiny.gguf'));
  library = await Libllama.load('cpu', silentLogger);
  const loaded = await callAsync(library.api.modelLoad, file, library.api.modelDefaults());
  if (!loaded) {
    throw new Error('The tiny model does not load.');
  }
  model = loaded;
  const options = { contextLength: 64, threads: 1, batchSize: 64 };
  cache = await KvCache.create(library.api, model, tinyVocabulary.length, options);
});
afterAll(async () => {
  await cache.dispose();
  await callAsync(library.api.modelFree, model);
  await rm(folder, { recursive: true, force: true });
});

describe('KvCache', () => {
  it('gives up a batch when it is told to abort, and is as before', async () => {
    cache.keep(0);
    expect(await cache.decode(...chunk(1, 270, 271))).toBe(true);
    expect(await cache.decode(...chunk(300))).toBe(true);
    const untouched = cache.logits();
    cache.keep(3);
    cache.abort(true);
    expect(await cache.decode(...chunk(280, 281, 282))).toBe(false);
    cache.abort(false);
    expect(cache.entries).toEqual([1, 270, 271]);
    expect(await cache.decode(...chunk(300))).toBe(true);
    expect(cache.logits()).toEqual(untouched);
  });

  it('comes back from ordinary memory bit by bit', async () => {
    cache.keep(0);
    await cache.decode(...chunk(1, 270, 271, 290));
    const state = await cache.save();
    const entries = [...cache.entries];
    await cache.decode(...chunk(300));
    const before = cache.logits();
    cache.keep(0);
    await cache.decode(...chunk(1, 5, 6, 7, 8, 9));
    await cache.restore(state ?? new Uint8Array(0), entries);
    expect(cache.entries).toEqual(entries);
    await cache.decode(...chunk(300));
    expect(cache.logits()).toEqual(before);
  });

  it('is empty, not wrong, after a state that cannot be restored', async () => {
    cache.keep(0);
    await cache.decode(...chunk(1, 270));
    await cache.restore(new Uint8Array(100), [1, 270]);
    expect(cache.entries).toEqual([]);
    expect(await cache.decode(...chunk(1, 270))).toBe(true);
  });

  it('answers with a typed error when it is full', async () => {
    cache.keep(0);
    const padded = library.api.contextLength(cache.context);
    for (let position = 0; position < padded; position += 32) {
      await cache.decode(...chunk(...Array<number>(32).fill(270)));
    }
    await expect(cache.decode(...chunk(270))).rejects.toMatchObject({ name: 'VideoChatError' });
    expect(cache.entries).toHaveLength(padded);
  });
});
