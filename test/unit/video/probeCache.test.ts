import { appendFile, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ProbeCache } from '../../../server/video/probeCache.js';
import type { ProbedVideo } from '../../../server/video/probeVideo.js';
import { makeVideo } from '../../fakes/gatedParts.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let folder: string;
let cache: string;
let clip: string;
let probes: number;

beforeEach(async () => {
  folder = await temporaryFolder();
  cache = join(folder, 'cache');
  clip = join(folder, 'clip.mp4');
  await writeFile(clip, 'content');
  probes = 0;
});
afterAll(removeTemporaryFolders);

function video(path = clip, change: Partial<ProbedVideo> = {}): ProbedVideo {
  const made = makeVideo(path);
  return { ...made, transform: { rotationDegrees: 90, filters: ['transpose=clock'] }, ...change };
}

/** A server that starts anew, and opens the clip. */
function open(found = video(), version = '1', path = clip): Promise<ProbedVideo> {
  return new ProbeCache(cache, version).get(path, async () => {
    probes++;
    return found;
  });
}

describe('ProbeCache', () => {
  it('gives back what was found, without probing', async () => {
    const found = video(clip, { soundStartSeconds: -0.5 });
    await open(found);
    expect(await open()).toEqual(found);
    expect(probes).toBe(1);
  });

  it('keeps times that are not whole numbers exactly, and long clips small', async () => {
    const ticks = Float64Array.from({ length: 200_000 }, (_, i) => i * 3003 + (i % 3));
    const facts = { ...video().facts, frameCount: ticks.length };
    await open(video(clip, { facts, index: { ticks, keyTicks: Float64Array.of(0.1, 1 / 3), lastTicks: 1, seekable: false } }));
    expect((await open()).index).toEqual({ ticks, keyTicks: Float64Array.of(0.1, 1 / 3), lastTicks: 1, seekable: false });
    const [file = ''] = await readdir(cache);
    expect((await readFile(join(cache, file))).length).toBeLessThan(50_000);
  });

  it.each<[string, () => Promise<void>]>([
    ['grew', () => appendFile(clip, '!')],
    ['was replaced by another of the same size and time', async () => {
      await writeFile(`${clip}.new`, 'CONTENT');
      await rename(`${clip}.new`, clip);
    }],
    ['was written again with its old time', async () => {
      const time = new Date(1e12);
      await writeFile(clip, 'CONTENT');
      await utimes(clip, time, time);
    }],
  ])('probes a file again that %s', async (_, change) => {
    const time = new Date(1e12);
    await utimes(clip, time, time);
    await open();
    await change();
    await open();
    expect(probes).toBe(2);
    await open();
    expect(probes).toBe(2);
  });

  it('does not keep what was read while the file changed', async () => {
    await new ProbeCache(cache, '1').get(clip, async () => {
      await appendFile(clip, '!');
      return video();
    });
    await open();
    expect(probes).toBe(1);
  });

  it('follows links to what they lead to now', async () => {
    const link = join(folder, 'link.mp4');
    await symlink(clip, link);
    await open(video(), '1', link);
    await writeFile(join(folder, 'other.mp4'), 'other');
    await rm(link);
    await symlink(join(folder, 'other.mp4'), link);
    expect((await open(video(join(folder, 'other.mp4')), '1', link)).facts.path).toContain('other');
    expect(probes).toBe(2);
  });

  it('probes again for another version, and a file that is gone', async () => {
    await open();
    await open(video(), '2');
    await rm(clip);
    await open();
    expect(probes).toBe(3);
  });

  it('does not keep failures', async () => {
    const failing = new ProbeCache(cache, '1').get(clip, () => Promise.reject(new Error('no video')));
    await expect(failing).rejects.toThrow('no video');
    await open();
    expect(probes).toBe(1);
  });

  it.each<[string, (record: { stamp: string; video: ProbedVideo }) => unknown]>([
    ['nothing', () => undefined],
    ['an unknown filter', (record) => ({ ...record, video: { ...record.video, transform: { rotationDegrees: 0, filters: ['movie=/etc/passwd'] } } })],
    ['another path', (record) => ({ ...record, video: { ...record.video, facts: { ...record.video.facts, path: '/etc/passwd' } } })],
    ['a wrong number of frames', (record) => ({ ...record, video: { ...record.video, facts: { ...record.video.facts, frameCount: 7 } } })],
    ['times that run backwards', (record) => ({ ...record, video: { ...record.video, index: { ...record.video.index, ticks: { kind: 'values', data: Buffer.from(Float64Array.of(2, 1).buffer).toString('base64') } } } })],
  ])('takes an entry with %s for absent', async (_, change) => {
    await open();
    const [name = ''] = await readdir(cache);
    const { gunzipSync } = await import('node:zlib');
    const record = JSON.parse(gunzipSync(await readFile(join(cache, name))).toString()) as { stamp: string; video: ProbedVideo };
    await writeFile(join(cache, name), gzipSync(JSON.stringify(change(record)) ?? ''));
    await open();
    expect(probes).toBe(2);
    await writeFile(join(cache, name), 'not gzip');
    await open();
    expect(probes).toBe(3);
  });

  it('works where nothing can be kept', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(cache, 'a file where the folder should be');
    await open();
    await open();
    expect(probes).toBe(2);
  });
});
