import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PackListResult } from '../../../server/protocol/index.js';
import { RegistryServer } from '../../fakes/registryServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { tinyBuild, tinyPacks, tinyPaths } from '../../fixtures/tinyPack.js';
import { buildCli, type CliResult, runCli } from '../cli/runCli.js';

const timeout = 100_000;

describe('videochat packs', () => {
  let registry: RegistryServer;
  let cache: string;
  let manifests: string;

  beforeAll(buildCli, timeout);
  beforeEach(async () => {
    registry = await RegistryServer.start();
    registry.add(tinyPaths.language, tinyBuild());
    [cache, manifests] = [await temporaryFolder(), await tinyPacks()];
  });
  afterEach(() => registry.dispose());
  afterAll(removeTemporaryFolders);

  const run = (...args: string[]): Promise<CliResult> =>
    runCli(['packs', ...args], { real: true, env: { VIDEOCHAT_CACHE: cache, VIDEOCHAT_PACKS: manifests, VIDEOCHAT_NPM_REGISTRY: registry.address } });
  const list = async (): Promise<PackListResult> => JSON.parse((await run('list', '--json')).out) as PackListResult;

  it('fetches a pack, says honestly that it does not work here, tests it again, and removes it', async () => {
    registry.faults.cutEvery = 0.4;
    const pulled = await run('pull', 'language-cuda');
    // These libraries are none: whatever this machine has, the test fails, and the pack stays.
    expect(pulled.code, pulled.err).toBe(1);
    expect(pulled.out.trim().endsWith('language-cuda')).toBe(true);
    const [pack] = (await list()).packs;
    expect(pack).toMatchObject({ id: 'language-cuda', state: 'installed', verdict: { works: false }, inUse: false });
    expect(pulled.err).toContain(pack?.verdict?.message);
    expect((await run('list')).out).toContain(`Tiny language  ${pack?.verdict?.message}`);

    const probed = await run('probe', 'language-cuda');
    expect(probed.code).toBe(1);
    expect(probed.out.trim()).toBe(pack?.verdict?.reason);

    const removed = await run('remove', 'language-cuda');
    expect(removed.code, removed.err).toBe(0);
    expect((await list()).packs[0]).toMatchObject({ state: 'absent', bytesHere: 0 });
    expect((await run('probe', 'language-cuda')).err).toContain('PackAbsent');
    expect((await run('pull', 'abacus')).err).toContain('PackUnknown');
  }, timeout);
});
