import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { silentLogger } from '../../../server/common/logger.js';
import { inEnglish } from '../../../server/common/translator.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { Libllama } from '../../../server/language/libllama.js';
import { findRuntime } from '../../../server/language/runtimeFiles.js';
import { PackService } from '../../../server/packs/packService.js';
import { RegistryServer } from '../../fakes/registryServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { writeTinyGguf } from '../../fixtures/tinyGguf.js';
import { packOf, tinyPaths } from '../../fixtures/tinyPack.js';

// A GPU build that runs without a GPU: that for Vulkan, on Mesa's software driver, packed as if it were that for CUDA.
const driver = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';
const vulkan = existsSync(driver) ? findRuntime('vulkan') : undefined;

describe.skipIf(!vulkan)(`a GPU pack with a GPU build${vulkan ? '' : ' (skipped: no software Vulkan)'}`, () => {
  afterAll(removeTemporaryFolders);

  it('runs a language model where the device is left open, and is removed while it does', async () => {
    process.env['VK_DRIVER_FILES'] = driver;
    process.env['GGML_VK_VISIBLE_DEVICES'] = '0';
    process.env['GALLIVM_PERF'] = 'nopt'; // compile shaders fast rather than well
    const home = vulkan!.folder.slice(0, vulkan!.folder.lastIndexOf('/bins/'));
    const registry = await RegistryServer.start();
    const { archive, manifests } = await packOf(home);
    registry.add(tinyPaths.language, archive);
    const cacheFolder = await temporaryFolder();
    let model: LanguageModel | undefined;
    const env = { ...process.env, VIDEOCHAT_PACKS: manifests, VIDEOCHAT_NPM_REGISTRY: registry.address };
    const packs = new PackService({ cacheFolder, gpuPacks: true }, silentLogger, { unload: async () => model?.dispose(), probe: () => Promise.resolve({}) }, env);
    try {
      const { folder } = await packs.pull('language-cuda', inEnglish, cancellationSource().token, () => undefined);
      const path = await writeTinyGguf(join(cacheFolder, 'tiny.gguf'), { type: 'f16' });
      model = await LanguageModel.load({ path, device: 'auto', gpuLayers: 99, threads: 1, contextLength: 128, logger: silentLogger, packFolder: () => packs.languageFolder() });
      expect(model).toMatchObject({ device: 'cuda', gpuLayers: 3 });
      expect(Libllama.folder?.startsWith(folder)).toBe(true);
      const answer = await model.createSession().generate({ pieces: [{ kind: 'text', text: 'what moves up?' }], sampling: { temperature: 0, maxTokens: 2 }, stop: { texts: [], ids: [] } });
      expect(answer.generatedTokens).toBeGreaterThan(0);

      expect((await packs.list(inEnglish)).packs[0]).toMatchObject({ inUse: true });
      expect(await packs.remove('language-cuda')).toMatchObject({ restartNeeded: true });
      expect(await stat(folder).catch(() => 'gone')).toBe('gone');
    } finally {
      await packs.dispose();
      await registry.dispose();
      await rm(cacheFolder, { recursive: true, force: true });
    }
  }, 300_000);
});
