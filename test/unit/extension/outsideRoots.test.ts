import { symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, parse } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canWatch, outsideRoots } from '../../../extension/datasets/outsideRoots.js';
import { DatasetTree } from '../../fixtures/datasetTree.js';

let tree: DatasetTree;
beforeEach(async () => {
  tree = await DatasetTree.create();
});
afterEach(() => tree.remove());

describe('folders of a dataset outside its own', () => {
  it('are those of its clips and documents, each once, and none in another', () => {
    const own = tree.at('dataset');
    expect(outsideRoots(own, {})).toEqual([]);
    expect(outsideRoots(own, { media: ['.', 'clips', '..dots'], annotations: 'labels' })).toEqual([]);
    const media = ['../videos', tree.at('videos'), '../videos/more', '../other', 'inside', '../dataset-2'];
    expect(outsideRoots(own, { media, annotations: '../labels' })).toEqual(['videos', 'other', 'dataset-2', 'labels'].map((name) => tree.at(name)));
    // The folder around it holds all of it.
    expect(outsideRoots(own, { media: ['..', '../videos'] })).toEqual([tree.path]);
  });

  it('are bounded in number', () => {
    const media = Array.from({ length: 1000 }, (_, i) => `../videos-${i}`);
    expect(outsideRoots(tree.at('dataset'), { media })).toHaveLength(16);
  });
});

describe('a folder', () => {
  it('can be watched where it is there', async () => {
    await tree.clip('videos/a/b/c.mp4');
    expect(await canWatch(tree.at('videos'))).toBe(true);
    expect(await canWatch(tree.at('nowhere'))).toBe(false);
    expect(await canWatch(tree.at('videos/a/b/c.mp4'))).toBe(false);
  });

  it('is not watched where it is a disk, or holds a home', async () => {
    const home = homedir();
    expect(await Promise.all([parse(home).root, home, dirname(home)].map((path) => canWatch(path)))).toEqual([false, false, false]);
  });

  it('is not watched where it holds too much; links are not followed', async () => {
    for (const name of ['a', 'b', 'c']) {
      await tree.file(`videos/${name}/1.mp4`);
    }
    await symlink('/', tree.at('videos/link'));
    const root = tree.at('videos');
    expect([await canWatch(root, { folders: 4 }), await canWatch(root, { folders: 3 })]).toEqual([true, false]);
    expect([await canWatch(root, { entries: 7 }), await canWatch(root, { entries: 6 })]).toEqual([true, false]);
  });
});
