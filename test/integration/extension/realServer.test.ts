import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../extension/settings/readSettings.js';
import { clipSummarizer } from '../../../extension/summaries/summarizeClip.js';
import { english } from '../../../extension/translate.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { ServerStatusRequest } from '../../../server/protocol/index.js';
import { isAlive } from '../../../server/common/isAlive.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { buildServer, repository, serverPath } from '../server/serverProcess.js';
import { supervise } from './supervised.js';

beforeAll(buildServer);
afterAll(removeTemporaryFolders);

describe('the real server under supervision', () => {
  it('takes the settings of the editor, is killed, comes back, and ends with the window', async () => {
    const cacheFolder = await temporaryFolder();
    const { values } = readSettings((key) => (key === 'device' ? 'cpu' : undefined), { cacheFolder, homeFolder: cacheFolder });
    const all = supervise(serverPath, { settings: values.server });
    const summarize = clipSummarizer(all.server, { values }, english);
    const clip = { path: join(repository, 'models', 'videochat-mini', 'sample.mp4'), token: cancellationSource().token };

    const before = await summarize(clip);
    expect(before?.text).not.toBe('');
    const first = await all.server.client();
    expect((await first.client.request(ServerStatusRequest, {})).cache.folder).toBe(cacheFolder);

    const dead = first.client.processId ?? 0;
    process.kill(dead, 'SIGKILL');
    await first.client.disconnected;
    const after = await summarize(clip);
    expect(after?.text).toBe(before?.text);
    const second = await all.server.client();
    expect([first.session, second.session]).toEqual([1, 2]);
    expect(isAlive(dead)).toBe(false);

    await all.server.dispose();
    expect(isAlive(second.client.processId ?? 0)).toBe(false);
    expect(await second.client.exited).toMatchObject({ code: 0 });
    expect(all.log.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  it('skips a clip that nobody wants, by its content', async () => {
    const all = supervise(serverPath, { settings: { cacheFolder: await temporaryFolder(), executionProvider: 'cpu', languageDevice: 'cpu' } });
    const { values } = readSettings(() => undefined, { cacheFolder: '/x', homeFolder: '/x' });
    const hashes: string[] = [];
    const result = await clipSummarizer(all.server, { values }, english)({
      path: join(repository, 'models', 'videochat-mini', 'sample.mp4'),
      token: cancellationSource().token,
      wanted: ({ contentHash }) => hashes.push(contentHash) < 0,
    });
    expect(result).toBeUndefined();
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
