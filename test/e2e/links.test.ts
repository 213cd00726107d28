import { expect, it } from 'vitest';
import { changedModel } from '../fixtures/changedModel.js';
import { describeInBrowser } from './support/browserTests.js';
import { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { shortFolder } from './support/folders.js';
import { until } from './support/until.js';

const address = 'https://example.com/blue?page=1';
/** The embedded model, with a link in its vocabulary where the word "blue" was. */
const linking = { id: 'linking', name: 'Linking', pieces: { '▁blue': `▁[blue](${address})` } };

describeInBrowser('links', () => {
  const editor = useEditor('links', async () => {
    const folder = shortFolder();
    await changedModel(folder, linking);
    return {
      files: { 'sample.mp4': sampleClip },
      settings: { 'videochat.model': linking.id },
      machineSettings: { 'videochat.modelFolders': [folder] },
    };
  });
  let panel: ChatPanel;
  const asked: string[] = [];

  it('of an answer are opened after a question only', async () => {
    const { workbench } = editor();
    await workbench.page.context().route('https://example.com/**', (route) => {
      asked.push(route.request().url());
      return route.fulfill({ body: 'there' });
    });
    panel = await editor().chatWith('sample.mp4');
    expect(await panel.ask('What is the color of the square?')).toBe('The square is blue.');
    const link = panel.turns.last().getByRole('link', { name: 'blue' });
    await link.click();
    await workbench.dialog(address).waitFor();
    await workbench.screenshot('asks');
    await workbench.answerDialog('Open this link of an answer in the browser?', 'Cancel');
    expect(asked).toEqual([]);
    expect(workbench.page.context().pages()).toHaveLength(1);
    await link.focus();
    await link.press('Enter');
    await workbench.answerDialog('Open this link of an answer in the browser?', 'Open');
    // The editor asks once more, by its own rules about websites.
    const { page } = workbench;
    const again = workbench.dialog('external website');
    await until(async () => {
      if (await again.isVisible()) {
        await again.getByRole('button', { name: 'Open', exact: true }).click();
      }
      return asked.length > 0;
    }, 'the website');
    expect(asked).toEqual([address]);
    await Promise.all(page.context().pages().filter((other) => other !== page).map((other) => other.close()));
  });

  it('of times in a summary seek the player, from the text', async () => {
    const { workbench } = editor();
    await workbench.tab(/sample\.mp4/).click({ button: 'middle' });
    await workbench.runCommand('VideoChat: Summarize Video…');
    await workbench.chooseQuickPick('sample.mp4');
    const text = await until(async () => {
      const seen = await workbench.editorText();
      return /Model: /.test(seen) && seen;
    }, 'the summary');
    // A link that a model says is no link in a document.
    expect(text).toContain(`\\[blue](${address})`);
    const link = workbench.page.locator('.view-line').getByText('&t=2,6').first();
    await until(async () => {
      // The editor finds the links of a text some time after it shows it.
      const { x, y, width, height } = (await link.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
      await workbench.page.keyboard.down('Control');
      await workbench.page.mouse.move(x + width / 2 - 4, y + height / 2);
      await workbench.page.mouse.click(x + width / 2, y + height / 2);
      await workbench.page.keyboard.up('Control');
      return workbench.tab(/^sample\.mp4/).waitFor({ timeout: 3_000 }).then(() => true, () => false);
    }, 'the panel');
    panel = new ChatPanel(workbench);
    await panel.playerReady();
    await panel.expectTime(() => Promise.resolve(), 2, 2.1);
    expect((await panel.player()).paused).toBe(true);
    await workbench.screenshot('from-text');
  });

  it('of times in the preview of a summary seek the player', async () => {
    const { workbench, server } = editor();
    await workbench.tab(/^sample\.mp4/).click({ button: 'middle' });
    await workbench.settled();
    await workbench.takeAddressesOfVsCode();
    await workbench.open(server.url());
    await workbench.runCommand('VideoChat: Summarize Folder…');
    await workbench.chooseQuickPick('clips');
    await workbench.tab(/videochat-summaries\.md/).waitFor();
    await until(async () => /Model: /.test(await workbench.editorText()), 'the summary');
    await workbench.runCommand('Markdown: Open Preview to the Side');
    const preview = workbench.webview();
    await preview.getByRole('link', { name: '0:05.4' }).click();
    panel = new ChatPanel(workbench);
    await panel.playerReady();
    await panel.expectTime(() => Promise.resolve(), 5.4, 5.5);
    await workbench.screenshot('from-preview');
  });
});
