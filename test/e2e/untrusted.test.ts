import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import { useEditor } from './support/editor.js';

describeInBrowser('a workspace that is not trusted', () => {
  const editor = useEditor('untrusted', () => ({ untrusted: true }));
  const view = (text: string) => editor().workbench.page.locator('.sidebar').getByText(text).first();

  it('is not searched: the view says why, and so does the command', async () => {
    const { workbench, server } = editor();
    await workbench.runCommand('VideoChat: Focus on Find in Videos View');
    await view('VideoChat does not run in a workspace that is not trusted').waitFor();
    await workbench.runCommand('VideoChat: Find in Videos…');
    const notice = workbench.notification('VideoChat does not run in a workspace that is not trusted');
    await notice.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
    await workbench.screenshot('search');
    await workbench.runCommand('VideoChat: Download Model…');
    await workbench.runCommand('VideoChat: Focus on Models View');
    await expect.poll(() => editor().workbench.page.locator('.sidebar .pane').filter({ hasText: 'Models' }).getByText('VideoChat does not run in a workspace that is not trusted').count()).toBeGreaterThan(0);
    await workbench.screenshot('models');
    expect(await server.videoChatServers()).toEqual([]);
  });

  it('can be searched as soon as it is trusted', async () => {
    const { workbench } = editor();
    await workbench.notification('not trusted').getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: /^Trust$/ }).first().click();
    await view('VideoChat does not run in a workspace that is not trusted').waitFor({ state: 'detached' });
    await workbench.screenshot('trusted');
  });
});
