import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { FrameSights } from '../../../server/perception/observations.js';
import { thumbnailBytes } from '../../../server/perception/sampling/thumbnail.js';
import { VoiceStore } from '../../../server/perception/sound/voiceStore.js';
import { parseFrame, serialiseFrame } from '../../../server/perception/store/observationCodec.js';
import { ObservationStore } from '../../../server/perception/store/observationStore.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const glance = { brightness: 0.5, thumbnail: new Uint8Array(thumbnailBytes).fill(7) };
const sights: FrameSights = {
  objects: [{ label: 'person', score: 0.81, box: [0.1, 0.2, 0.3, 0.4] }],
  texts: [{ text: '出口 "EXIT"\n', score: 0.9, box: [0, 0, 1, 1] }],
  poses: [{ box: [0.1, 0.2, 0.3, 0.4], keypoints: new Float32Array(51).fill(0.25) }],
};
const hashes = { objects: 'a', texts: 'b', poses: 'c' };
const looked = ['objects', 'texts', 'poses'] as const;

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterAll(removeTemporaryFolders);

const store = (models: Record<string, string> = hashes, limitBytes = 1e8): ObservationStore => new ObservationStore(folder, limitBytes, models);
async function onlyFile(): Promise<string> {
  const [name = '', ...more] = await readdir(folder);
  expect(more).toEqual([]);
  return join(folder, name);
}

describe('what was seen in a clip', () => {
  it('is there again after a restart, as it was', async () => {
    const clip = await store().open('clip');
    clip.add(3, glance, looked, sights);
    const before = clip.find(3);
    await clip.dispose();
    const again = await store().open('clip');
    expect(again.find(3)).toEqual(before);
    expect(again.find(3)).toEqual({ frame: 3, ...glance, models: hashes, sights: { ...sights } });
    expect(again.missing(3, ['objects', 'poses'])).toEqual([]);
    expect(again.missing(3, ['objects', 'faces'])).toEqual(['faces']);
    expect(again.missing(4, ['objects'])).toBeUndefined();
    await again.dispose();
    expect((await store().open('another')).find(3)).toBeUndefined();
  });

  it('adds up over looks for different things', async () => {
    const clip = await store().open('clip');
    clip.add(3, glance, ['objects'], { objects: [] });
    clip.add(3, glance, ['texts'], {});
    expect(clip.missing(3, ['objects', 'texts'])).toEqual([]);
    await clip.dispose();
    const again = await store().open('clip');
    expect(again.missing(3, ['objects', 'texts', 'poses'])).toEqual(['poses']);
    expect(again.find(3)?.sights).toEqual({ objects: [] });
    await again.dispose();
  });

  it('of other models does not count', async () => {
    const clip = await store().open('clip');
    clip.add(3, glance, looked, sights);
    await clip.dispose();
    const other = await store({ ...hashes, objects: 'newer' }).open('clip');
    expect(other.missing(3, ['objects', 'texts'])).toEqual(['objects']);
    expect(other.find(3)?.sights.objects).toBeUndefined();
    await other.dispose();
  });

  it('is shared by those who have the clip open', async () => {
    const shared = store();
    const [one, two] = [await shared.open('clip'), await shared.open('clip')];
    one.add(3, glance, [], {});
    expect(two.known).toEqual([3]);
    await one.dispose();
    two.add(4, glance, [], {});
    await two.dispose();
    const again = await shared.open('clip');
    expect(again).not.toBe(one);
    expect(again.known).toEqual([3, 4]);
    await again.dispose();
  });

  it('survives lines that are torn, foreign or hostile', async () => {
    const clip = await store().open('clip');
    clip.add(3, glance, looked, sights);
    clip.add(5, glance, looked, sights);
    await clip.dispose();
    const file = await onlyFile();
    const [first = '', second = ''] = (await readFile(file, 'utf8')).split('\n');
    const hostile = [
      '{"frame":1,"__proto__":{"polluted":true}}',
      first.replace('"frame":3', '"frame":-1'),
      first.replace('"frame":3', '"frame":1e300'),
      first.replace('"frame":3', '"frame":9,"more":1'),
      first.replace('0.81', '81'),
      'null',
      '[]',
      '\0\0',
      `{"frame":${'['.repeat(5000)}`,
    ];
    await writeFile(file, `${[...hostile, first].join('\n')}\n${second.slice(0, second.length / 2)}`);
    const again = await store().open('clip');
    expect(again.known).toEqual([3]);
    // What is added now begins on a line of its own.
    again.add(6, glance, looked, sights);
    await again.dispose();
    const last = await store().open('clip');
    expect(last.known).toEqual([3, 6]);
    await last.dispose();
    await appendFile(file, 'x');
    expect(JSON.stringify({})).not.toContain('polluted');
  });

  it('that cannot be kept does not count as something seen', async () => {
    const clip = await store().open('clip');
    clip.add(3, glance, ['objects'], { objects: [{ label: 'person', score: NaN, box: [0, 0, 1, 1] }] });
    expect(clip.missing(3, ['objects'])).toEqual([]);
    expect(clip.find(3)?.sights.objects).toBeUndefined();
    await clip.dispose();
    const again = await store().open('clip');
    expect(again.missing(3, ['objects'])).toEqual([]);
    await again.dispose();
  });

  it('makes room for what is newer', async () => {
    const small = store(hashes, 2500);
    for (const name of ['a', 'b', 'c', 'd']) {
      const clip = await small.open(name);
      clip.add(1, glance, looked, sights);
      await clip.dispose();
    }
    expect((await readdir(folder)).length).toBeLessThan(4);
    const newest = await small.open('d');
    expect(newest.known).toEqual([1]);
    await newest.dispose();
  });

  it('is of use without a folder to keep it in', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const clip = await new ObservationStore(join(file, 'inside'), 1e6, hashes).open('clip');
    clip.add(1, glance, looked, sights);
    expect(clip.known).toEqual([1]);
    await clip.dispose();
  });
});

describe('the line of a frame', () => {
  it('rounds what it keeps, so that what is read is what was written', () => {
    const line = serialiseFrame({ frame: 1, ...glance, models: {}, sights: { faces: [{ score: 1 / 3, box: [1 / 7, 0, 1, 1] }] } });
    expect(line).not.toContain('\n');
    expect(parseFrame(line)?.sights.faces).toEqual([{ score: 0.3333, box: [0.1429, 0, 1, 1] }]);
    expect(serialiseFrame(parseFrame(line) ?? { frame: 0, ...glance, models: {}, sights: {} })).toBe(line);
  });
});

describe('what was heard', () => {
  it('is kept by clip, model and part', async () => {
    const voices = new VoiceStore(folder, 1e6);
    await voices.keep('clip', 'model', 1, Uint8Array.of(1, 2, 255));
    expect(await new VoiceStore(folder, 1e6).find('clip', 'model', 1)).toEqual(Uint8Array.of(1, 2, 255));
    expect(await voices.find('clip', 'model', 0)).toBeUndefined();
    expect(await voices.find('clip', 'other', 1)).toBeUndefined();
    await voices.keep('clip', 'model', 2, Uint8Array.of());
    expect(await voices.find('clip', 'model', 2)).toEqual(Uint8Array.of());
  });
});
