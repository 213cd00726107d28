import { symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { DatasetFolder } from '../../../server/dataset/datasetFolder.js';
import { exportDataset } from '../../../server/dataset/export/exportDataset.js';
import { ClipResolver } from '../../../server/dataset/import/clipResolver.js';
import { chooseLayout } from '../../../server/dataset/import/importManifest.js';
import { walkDocuments } from '../../../server/dataset/walkDocuments.js';
import { batchClips } from '../../../server/skills/annotateBatch/batchClips.js';
import { DatasetTree, segment } from '../../fixtures/datasetTree.js';

let tree: DatasetTree;
const manifest = '{"format":"videochat-dataset","version":1}';
beforeEach(async () => {
  tree = await DatasetTree.create();
  for (const name of ['a.mp4', 'inner/b.mp4', 'inner/deep/c.mp4', 'plain/d.mp4']) {
    await tree.clip(name, [segment('x')]);
  }
  await tree.file('inner/videochat.dataset.json', manifest);
});
afterEach(() => tree.remove());

const documents = async (path = tree.path): Promise<{ clips: string[]; others: string[] }> => {
  const { dataset } = await DatasetFolder.read(path);
  const others: string[] = [];
  const clips: string[] = [];
  for await (const { clip } of walkDocuments(dataset, (folder) => others.push(folder))) {
    clips.push(clip);
  }
  return { clips, others };
};

describe('a folder with a manifest inside a dataset', () => {
  it('is left out with all that is below it, whether or not the one around it has a manifest', async () => {
    const outer = { clips: ['a.mp4', 'plain/d.mp4'], others: [tree.at('inner')] };
    expect(await documents()).toEqual(outer);
    await tree.manifest({});
    expect(await documents()).toEqual(outer);
    expect(await documents(tree.at('inner'))).toEqual({ clips: ['b.mp4', 'deep/c.mp4'], others: [] });
  });

  it('is left out with a manifest that is broken or a link, but not with a folder of that name', async () => {
    await tree.file('inner/videochat.dataset.json', '{');
    await symlink(tree.at('inner/videochat.dataset.json'), tree.at('plain/videochat.dataset.json'));
    await tree.clip('odd/videochat.dataset.json/e.mp4', [segment('x')]);
    expect((await documents()).clips).toEqual(['a.mp4', 'odd/videochat.dataset.json/e.mp4']);
  });

  it('belongs to a dataset that names it', async () => {
    await tree.manifest({ media: ['.', 'inner'] });
    expect(await documents()).toEqual({ clips: ['a.mp4', 'inner/b.mp4', 'inner/deep/c.mp4', 'plain/d.mp4'], others: [] });
    await tree.manifest({ annotations: 'inner' });
    expect((await documents()).clips).toEqual(['b.mp4', 'deep/c.mp4']);
  });

  it('gets no documents of an import into the one around it, unless its clips are what is imported', async () => {
    await tree.manifest({});
    const clips = new ClipResolver(tree.path);
    expect(await clips.resolve('plain/d.mp4')).toMatchObject({ clip: 'plain/d.mp4', renamed: false });
    for (const name of ['inner/b.mp4', 'inner/deep/c.mp4']) {
      expect(await clips.resolve(name)).toMatchObject({ clip: expect.stringMatching(/^_renamed\//), renamed: true });
    }
    expect(await chooseLayout(tree.path, tree.at('plain'))).toMatchObject({ root: tree.path, prefix: 'plain/', manifest: {} });
    for (const folder of ['inner', 'inner/deep']) {
      const { root, prefix, manifest: changes } = await chooseLayout(tree.path, tree.at(folder));
      expect({ root, prefix, changes }).toEqual({ root: tree.at(folder), prefix: '', changes: { media: ['.', folder] } });
    }
  });

  it('is not exported, and gets no suggestions', async () => {
    await tree.manifest({});
    const { items, documents: written } = await exportDataset(
      { dataset: tree.path, format: 'jsonl', out: tree.at('out.jsonl') },
      { progress: () => undefined },
    );
    expect([items, written]).toEqual([2, 2]);
    const { dataset } = await DatasetFolder.read(tree.path);
    const clips = await batchClips(dataset, undefined, cancellationSource().token);
    expect(clips.map(({ name }) => name)).toEqual(['a.mp4', 'plain/d.mp4']);
  });
});
