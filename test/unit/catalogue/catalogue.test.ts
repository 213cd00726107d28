import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogueJsonSchema } from '../../../server/catalogue/catalogueSchema.js';
import { adviseFit, memoryNeed, suggestVariant } from '../../../server/catalogue/fitAdvice.js';
import { makeManifest } from '../../../server/catalogue/makeManifest.js';
import { PullMeter } from '../../../server/catalogue/pullMeter.js';
import { catalogueFolder, readCatalogue } from '../../../server/catalogue/readCatalogue.js';
import { parseCards } from '../../../server/common/nvidiaCards.js';
import { catalogueKinds, type ModelPullProgress } from '../../../server/protocol/index.js';
import { catalogueWith, tinyEntry } from '../../fixtures/hubModel.js';
import { removeTemporaryFolders } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

const warnings: string[] = [];
const logger = { log: (_: string, message: string) => void warnings.push(message) };

describe('the catalogue that comes with the program', () => {
  it('has entries of every kind, each of which can be read', async () => {
    warnings.length = 0;
    const records = await readCatalogue(catalogueFolder(), logger);
    expect(warnings).toEqual([]);
    expect(new Set(records.map(({ kind }) => kind))).toEqual(new Set(catalogueKinds));
    expect(records.length).toBeGreaterThan(15);
    expect(records.some(({ recommend, runs }) => recommend !== undefined && runs === 'direct')).toBe(true);
  });

  it('makes a manifest that can be used of each entry that runs directly, whatever the variant', async () => {
    const direct = (await readCatalogue(catalogueFolder(), logger)).filter(({ runs }) => runs === 'direct');
    expect(direct.length).toBeGreaterThan(5);
    for (const entry of direct) {
      for (const { files } of entry.variants) {
        const installed = files.map(({ key, path }) => ({ key, path: path.slice(path.lastIndexOf('/') + 1), bytes: 1, sha256: 'a'.repeat(64) }));
        expect(makeManifest(entry, installed), entry.id).toMatchObject({ id: entry.id });
      }
    }
  });

  it('never names a licence that forbids something without a note', async () => {
    const records = await readCatalogue(catalogueFolder(), logger);
    expect(records.filter(({ licence }) => licence.mustAccept && licence.note === undefined).map(({ id }) => id)).toEqual([]);
  });

  it('is described by the schema beside it', () => {
    const kept: unknown = JSON.parse(readFileSync(join(catalogueFolder(), 'catalogue.schema.json'), 'utf8'));
    expect(kept).toEqual(JSON.parse(JSON.stringify(catalogueJsonSchema())));
  });
});

describe('an entry of somebody else', () => {
  const file = tinyEntry().variants[0]!.files[0]!;
  const withFile = (change: object) => tinyEntry({ variants: [{ id: 'f32', files: [{ ...file, ...change }] }] });

  it.each([
    ['a path out of the repository', withFile({ path: '../../etc/passwd' })],
    ['an absolute path', withFile({ path: '/etc/passwd' })],
    ['a path of Windows', withFile({ path: 'C:\\Windows' })],
    ['a repository out of the hub', withFile({ repo: '../evil' })],
    ['a branch that is a path', withFile({ revision: '../main' })],
    ['an absurd size', withFile({ bytes: 1e18 })],
    ['a hash that is none', withFile({ sha256: 'abc' })],
    ['a page in the clear', tinyEntry({ page: 'http://example.org' })],
    ['an id that is a path', tinyEntry({ id: '..' })],
    ['nothing to install', (({ install: _, ...entry }) => entry)(tinyEntry())],
  ])('with %s is passed over, and the others are not', async (_, entry) => {
    const folder = await catalogueWith(tinyEntry({ id: 'good' }));
    await writeFile(join(folder, 'other.json'), JSON.stringify(entry));
    warnings.length = 0;
    expect((await readCatalogue(folder, logger)).map(({ id }) => id)).toEqual(['good']);
    expect(warnings).toHaveLength(1);
  });
});

describe('advice', () => {
  const gigabyte = 1e9;
  const machine = { memoryBytes: 16 * gigabyte, gpu: { name: 'Card', memoryBytes: 8 * gigabyte } };

  it('counts weights, the cache of a conversation, and the program', () => {
    const entry = tinyEntry({ shape: { layers: 28, keyValueHeads: 8, headSize: 128, contextLength: 8192 } });
    const need = memoryNeed(entry, { id: 'q8', files: [{ ...entry.variants[0]!.files[0]!, bytes: gigabyte }] });
    expect(need).toBe(Math.round(1.05 * gigabyte + 2 * 2 * 28 * 8 * 128 * 8192 + 3e8));
    expect(memoryNeed(entry, entry.variants[0]!)).toBeUndefined();
    expect(memoryNeed(entry, { ...entry.variants[0]!, memory: { bytes: 5, source: 'measured' } })).toBe(5);
  });

  it('names the card, the memory, or what is missing', () => {
    expect(adviseFit(7 * gigabyte, machine)).toMatchObject({ fit: 'gpu' });
    expect(adviseFit(9 * gigabyte, machine)).toMatchObject({ fit: 'cpu' });
    expect(adviseFit(13 * gigabyte, machine)).toMatchObject({ fit: 'tight' });
    expect(String(adviseFit(20 * gigabyte, machine).advice)).toContain('only 16 GB');
    expect(adviseFit(undefined, machine)).toMatchObject({ fit: 'unknown' });
  });

  it('suggests the best variant that fits, else the smallest', () => {
    const [big, small] = [{ id: 'big', memoryBytes: 9, fit: 'tooLarge' as const }, { id: 'small', memoryBytes: 5, fit: 'cpu' as const }];
    expect(suggestVariant([big, small])).toBe('small');
    expect(suggestVariant([big, { ...small, fit: 'tooLarge' }])).toBe('small');
    expect(suggestVariant([{ ...big, fit: 'gpu' }, small])).toBe('big');
  });

  it('reads what the driver says of cards', () => {
    expect(parseCards('580.65.06, 24564, NVIDIA GeForce RTX 4090\n\nnonsense\n')).toEqual([{ driver: '580.65.06', name: 'NVIDIA GeForce RTX 4090', memoryBytes: 24564 * 1024 ** 2 }]);
  });
});

describe('the progress of a download', () => {
  it('adds up files, tells the rate of the last seconds, and not more often than anybody reads', () => {
    let now = 0;
    const told: ModelPullProgress[] = [];
    const meter = new PullMeter((progress) => void told.push(progress), () => now);
    meter.expect([{ path: 'a', bytes: 1000 }, { path: 'b', bytes: 1000 }]);
    for (; now <= 1000; now += 10) {
      meter.file('fetching', 'a', now);
    }
    meter.finished('a', 1000);
    meter.file('fetching', 'b', 500);
    expect(told.length).toBeLessThan(15);
    expect(told.at(-1)).toMatchObject({ stage: 'fetching', done: expect.any(Number) as number, total: 2000, rate: expect.any(Number) as number });
    expect(told.find(({ rate }) => rate !== undefined)?.rate).toBe(1000);
  });

  it('has no total where a size is not known', () => {
    const told: ModelPullProgress[] = [];
    const meter = new PullMeter((progress) => void told.push(progress));
    meter.expect([{ path: 'a' }, { path: 'b', bytes: 5 }]);
    meter.stage('asking', 'a');
    expect(told[0]).toEqual({ stage: 'asking', file: 'a', done: 0 });
  });
});
