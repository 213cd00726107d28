import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { RegistryServer } from '../fakes/registryServer.js';
import { catalogueWith } from '../fixtures/hubModel.js';
import { removeTemporaryFolders } from '../fixtures/tinyEncoder.js';
import { tinyBuild, tinyPacks, tinyPaths } from '../fixtures/tinyPack.js';
import { describeInBrowser } from './support/browserTests.js';
import { useEditor } from './support/editor.js';
import { until } from './support/until.js';

describeInBrowser('GPU packs', () => {
  let registry: RegistryServer;
  beforeAll(async () => {
    registry = await RegistryServer.start();
    registry.add(tinyPaths.language, tinyBuild());
  });
  afterAll(async () => {
    await registry.dispose();
    removeTemporaryFolders();
  });
  const editor = useEditor('packs', async () => ({
    env: { VIDEOCHAT_CATALOGUE: await catalogueWith(), VIDEOCHAT_PACKS: await tinyPacks(), VIDEOCHAT_NPM_REGISTRY: registry.address },
  }));

  const row = (): Locator => editor().workbench.page.locator('.sidebar [role=treeitem]').filter({ has: editor().workbench.page.locator('.label-name', { hasText: /^Tiny language$/ }) });
  const shows = (words: RegExp): Promise<void> => row().filter({ hasText: words }).waitFor();
  /** A button of the row, which is there while the mouse is over it. */
  const press = async (button: string): Promise<void> => {
    await until(async () => {
      await row().hover();
      return row().getByRole('button', { name: button, exact: true }).click({ timeout: 3_000 }).then(() => true, () => false);
    }, `the button ${button}`);
  };

  it('are fetched on request, tested, shown with what the test has found, and removed', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Focus on Models View');
    for (const view of ['Find in Videos', 'Dataset']) {
      await workbench.page.locator('.sidebar .pane-header', { hasText: view }).click();
    }
    await workbench.runCommand('VideoChat: Add GPU Pack…');
    await workbench.quickPickRow('Tiny language').click();
    await workbench.answerDialog('Download Tiny language?', 'Download');
    // Even with a card, these libraries are none: the test in a process of its own says so.
    const why = /There is no NVIDIA driver|The pack does not work here|NVIDIA's driver/;
    await workbench.notification(new RegExp(`Tiny language is not used\\. (${why.source})`)).waitFor();
    await shows(why);
    await workbench.screenshot('tested');
    await press('Remove GPU Pack…');
    await workbench.answerDialog('Remove Tiny language from this machine?', 'Remove');
    await row().waitFor({ state: 'detached' });
  });
});
