import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { until } from './support/until.js';

describeInBrowser('ways into a conversation', () => {
  const editor = useEditor('entries', () => ({ files: { 'one.mp4': sampleClip, 'Two.MP4': sampleClip, 'three.mp4': sampleClip } }));
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);

  it('the walkthrough: its first step asks for a clip', async () => {
    const { workbench } = editor();
    const { page } = workbench;
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.chooseQuickPick('Get Started with VideoChat');
    await page.getByText('Ask a video, summarize a folder, choose a model.').first().waitFor();
    for (const step of ['Ask a video', 'Summarize many', 'Get a model']) {
      await page.locator('.getting-started-step').filter({ hasText: step }).first().waitFor();
    }
    await shot('walkthrough');
    await page.locator('.getting-started-step').getByText('Chat with Video…').click();
    await workbench.quickPickRow('one.mp4').waitFor();
    await workbench.quickPickRow('one.mp4').click();
    await new ChatPanel(workbench).playerReady();
    await workbench.runCommand('View: Close All Editors');
  });

  it('a selection of the explorer: one for each clip', async () => {
    const { workbench } = editor();
    await until(async () => {
      await workbench.explorerRow('three.mp4').click();
      // When the clip is shown, the explorer selects it and nothing else, whatever was selected meanwhile.
      await workbench.tab(/^three\.mp4/).waitFor();
      await workbench.explorerRow('Two.MP4').click({ modifiers: ['Control'] });
      await sleep(500);
      return (await workbench.page.locator('.explorer-folders-view .monaco-list-row.selected').count()) === 2;
    }, 'two rows that are selected');
    await workbench.contextMenu(workbench.explorerRow('Two.MP4'), 'Chat with Video…');
    await workbench.tab(/^Two\.MP4/).waitFor();
    await expect.poll(() => workbench.tab(/^three\.mp4/).count()).toBe(2);
    // All of them beside what was open, in one group.
    await expect.poll(() => workbench.page.locator('.editor-group-container').count()).toBe(2);
    await shot('selection');
    const panel = new ChatPanel(workbench);
    await panel.frame.locator('.chips').getByText(/\.mp4/i).waitFor();
    await panel.playerReady();
    await workbench.runCommand('View: Close All Editors');
  });

  it('the title of a video that is shown', async () => {
    const { workbench } = editor();
    await workbench.explorerRow('one.mp4').dblclick();
    await workbench.tab(/one\.mp4/).waitFor();
    await workbench.page.locator('.editor-actions').getByRole('button', { name: 'Chat with Video…' }).click();
    const panel = new ChatPanel(workbench);
    await panel.input.waitFor();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await shot('title');
  });

  it('a new one about the same clip, from the palette', async () => {
    const { workbench } = editor();
    const panel = new ChatPanel(workbench);
    await workbench.runCommand('VideoChat: New Conversation');
    await expect.poll(() => panel.turns.count()).toBe(0);
    await panel.frame.locator('.chips').getByText('one.mp4').waitFor();
    // It can be typed at once.
    await expect.poll(() => panel.input.evaluate((input) => (input as unknown as { matches(selector: string): boolean }).matches(':focus'))).toBe(true);
    expect(await panel.ask('What shape is the red object?')).toMatch(/circle/i);
    await workbench.runCommand('VideoChat: Regenerate Answer');
    await expect.poll(() => panel.turns.last().locator('.result').count()).toBe(1);
    expect(await panel.turns.count()).toBe(1);
    await workbench.runCommand('View: Close All Editors');
  });

  it('a clip dropped on the panel', async () => {
    const { workbench } = editor();
    const { page } = workbench;
    await workbench.runCommand('VideoChat: New Conversation');
    const panel = new ChatPanel(workbench);
    await panel.input.waitFor();
    expect(await panel.video.count()).toBe(0);
    await workbench.explorerRow('three.mp4').hover();
    await page.mouse.down();
    // Without Shift the editor takes the file, and opens it.
    await page.keyboard.down('Shift');
    const box = await panel.input.boundingBox();
    for (let step = 1; step <= 8; step += 1) {
      await page.mouse.move(300 + step, (box?.y ?? 0) - 200 + step, { steps: 3 });
    }
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) - 200, { steps: 15 });
    await panel.frame.locator('.drop-here').waitFor();
    await shot('dragging');
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await panel.frame.locator('.chips').getByText('three.mp4').waitFor();
    await panel.playerReady();
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await shot('dropped');
  });
});
