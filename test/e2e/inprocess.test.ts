import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { ownTarget } from '../../server/setup/packaging/targets.mjs';
import type { TestRecord } from './inprocess/run.js';
import { describeInBrowser } from './support/browserTests.js';
import { cachePath, repository, shortFolder } from './support/folders.js';
import { runInProcessTests } from './support/inProcess.js';

describeInBrowser('in a real extension host', () => {
  let records: TestRecord[];
  beforeAll(async () => {
    const workspace = path.join(shortFolder(), 'clips');
    await mkdir(workspace);
    for (const name of ['sample.mp4', 'second.mp4']) {
      await copyFile(path.join(repository, 'models', 'videochat-mini', 'sample.mp4'), path.join(workspace, name));
    }
    records = await runInProcessTests(cachePath('package', ownTarget), workspace);
  }, 500_000);

  // One here for each suite there; what failed is in the difference.
  it.each([
    ['activation', 2],
    ['settings', 2],
    ['commands', 10],
    ['summaries', 5],
    ['the annotator', 12],
    ['datasets', 4],
    ['the panel', 3],
  ])('%s: all of %i pass', (suite, count) => {
    const own = records.filter(({ title }) => title.startsWith(`${suite} `));
    expect(own.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(own).toHaveLength(count);
  });
});
