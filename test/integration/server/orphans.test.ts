import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAlive } from '../../../server/common/isAlive.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';
import { buildServer, repository } from './serverProcess.js';
import { tinyModelFolder } from './tinyModelFolder.js';

beforeAll(buildServer);
afterAll(removeTemporaryFolders);

it('a server ends with a client that is killed in the middle of an answer', async () => {
  const cache = await temporaryFolder();
  const models = await tinyModelFolder((manifest) => (manifest.sampling = { temperature: 0, maxTokens: 1500 }));
  const preload = join(cache, 'processId.cjs');
  await writeFile(preload, "if (process.argv.includes('--protocol-fd')) require('fs').writeFileSync(process.env.PID_FILE, String(process.pid));");
  const pidFile = join(cache, 'server.pid');
  const client = spawn(
    process.execPath,
    [join(repository, 'dist', 'videochat.mjs'), 'chat', await makeClip({ name: 'plain' }), 'What is it?', '--model', 'tiny', '--models', models],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        VIDEOCHAT_CACHE: cache,
        VIDEOCHAT_PROVIDER: 'cpu',
        VIDEOCHAT_DEVICE: 'cpu',
        PID_FILE: pidFile,
        NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
      },
    },
  );
  await new Promise((resolve) => client.stdout.once('data', resolve));
  const server = Number(await readFile(pidFile, 'utf-8'));
  expect(isAlive(server)).toBe(true);
  client.kill('SIGKILL');
  await expect.poll(() => isAlive(server), { timeout: 60_000, interval: 200 }).toBe(false);
});
