import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addLabel } from '../../../../extension/annotate/addLabel.js';
import { documentPlace, findClip, mediaPathByName, mediaPathFor } from '../../../../server/common/annotations/clipPlaces.js';
import { DatasetFinder } from '../../../../server/common/annotations/datasetFinder.js';
import { NewDocuments } from '../../../../extension/annotate/newDocument.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'annotate-'));
  await mkdir(join(root, 'videos', 'day 1'), { recursive: true });
  await writeFile(join(root, 'videos', 'day 1', 'a.mp4'), 'a clip');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const manifest = (more: object = {}): string => JSON.stringify({ format: 'videochat-dataset', version: 1, ...more });
const writeManifest = (more: object): Promise<void> => writeFile(join(root, 'videochat.dataset.json'), manifest(more));
const clip = (): string => join(root, 'videos', 'day 1', 'a.mp4');

describe('the document of a clip', () => {
  it('lies beside it, without a dataset and in one that says nothing else', async () => {
    expect(documentPlace(clip(), undefined)).toEqual({ path: `${clip()}.videochat.json`, mediaPath: 'a.mp4' });
    await writeManifest({});
    expect(documentPlace(clip(), await new DatasetFinder().find(clip()))).toEqual({ path: `${clip()}.videochat.json`, mediaPath: 'a.mp4' });
  });

  it('lies at the same path below the folder of the dataset, and finds its clip from there', async () => {
    await writeManifest({ media: ['videos'], annotations: 'notes' });
    const dataset = await new DatasetFinder().find(clip());
    const place = documentPlace(clip(), dataset);
    expect(place).toEqual({ path: join(root, 'notes', 'day 1', 'a.mp4.videochat.json'), mediaPath: 'day 1/a.mp4' });
    expect(await findClip(place.path, place.mediaPath, dataset)).toEqual({ path: clip(), exists: true });
    expect(mediaPathByName(place.path, dataset)).toBe('day 1/a.mp4');
    expect(mediaPathFor(place.path, clip(), dataset)).toBe('day 1/a.mp4');
    expect(mediaPathFor(place.path, join(root, 'b.mp4'), dataset)).toBe('../../b.mp4');
    expect(await findClip(place.path, 'gone.mp4', dataset)).toEqual({ path: join(root, 'notes', 'day 1', 'gone.mp4'), exists: false });
  });
});

describe('the dataset of a file', () => {
  it('is the nearest above, as it is now, open or not', async () => {
    let open: string | undefined;
    const finder = new DatasetFinder((path) => (path === join(root, 'videochat.dataset.json') ? open : undefined));
    expect(await finder.find(clip())).toBeUndefined();
    await writeManifest({ name: 'outer' });
    expect(await finder.find(clip())).toMatchObject({ folder: root, manifest: { name: 'outer' } });
    open = manifest({ name: 'being typed' });
    expect(await finder.find(clip())).toMatchObject({ manifest: { name: 'being typed' } });
    open = '{ "format":';
    expect(await finder.find(clip())).toMatchObject({ manifest: { name: 'outer' } });
    await writeFile(join(root, 'videos', 'videochat.dataset.json'), manifest({ name: 'inner' }));
    expect(await finder.find(clip())).toMatchObject({ folder: join(root, 'videos'), manifest: { name: 'inner' } });
  });
});

describe('a new document', () => {
  it('is made with its folder, whole, and goes again if nobody has used it', async () => {
    const documents = new NewDocuments();
    const path = join(root, 'notes', 'deep', 'a.mp4.videochat.json');
    await documents.create({ path, mediaPath: 'a.mp4' }, undefined);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ format: 'videochat-annotations', media: { path: 'a.mp4' }, segments: [] });
    await documents.closed(path);
    expect(await readdir(join(root, 'notes', 'deep'))).toEqual([]);
  });

  it('stays when something was put in, and never takes the place of another', async () => {
    const documents = new NewDocuments();
    const path = join(root, 'a.mp4.videochat.json');
    await documents.create({ path, mediaPath: 'a.mp4' }, undefined);
    await writeFile(path, 'used');
    await documents.create({ path, mediaPath: 'b.mp4' }, undefined);
    await documents.closed(path);
    await documents.closed(path);
    expect(await readFile(path, 'utf8')).toBe('used');
    expect(await readdir(root)).toEqual(['a.mp4.videochat.json', 'videos']);
  });
});

describe('a label that is added to a dataset', () => {
  it('is one more line, and changes nothing else', () => {
    const text = '{\n  "format": "videochat-dataset",\n  "version": 1,\n  "labels": [\n    { "name": "opens" }\n  ],\n  "own": [1,  2]\n}\n';
    expect(addLabel(text, 'a "b"')).toBe(text.replace('{ "name": "opens" }\n', '{ "name": "opens" },\n    { "name": "a \\"b\\"" }\n'));
    expect(addLabel(text, 'opens')).toBeUndefined();
    expect(addLabel('{', 'x')).toBeUndefined();
    expect(JSON.parse(addLabel('{"format":"videochat-dataset","version":1}', 'x') ?? '')).toMatchObject({ labels: [{ name: 'x' }] });
  });
});
