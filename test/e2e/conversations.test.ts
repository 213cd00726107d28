import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { until } from './support/until.js';

describeInBrowser('conversations that are kept', () => {
  const editor = useEditor('conversations', () => ({ files: { 'sample.mp4': sampleClip, 'second.mp4': sampleClip } }));
  let panel: ChatPanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  const written = (name: string): Promise<string> => until(() => readFile(path.join(editor().workspace, name), 'utf8').catch(() => undefined), name);

  it('are listed while they are held, each with its last question', async () => {
    const { workbench } = editor();
    panel = await editor().chatWith('sample.mp4');
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await panel.button('Good answer').click();
    await panel.frame.locator('.rating-note textarea').fill('right colour');
    await panel.frame.locator('.rating-note textarea').press('Enter');
    const second = await editor().chatWith('second.mp4');
    expect(await second.ask('What shape is the red object?')).toMatch(/circle/i);
    await workbench.runCommand('VideoChat: Focus on Conversations View');
    await workbench.conversationRow('second.mp4').getByText('What shape is the red object?').waitFor();
    await workbench.conversationRow('sample.mp4').getByText('What is the color of the square?').waitFor();
    await shot('list');
  });

  it('are opened from there', async () => {
    const { workbench } = editor();
    await workbench.page.getByRole('tab', { name: /second\.mp4/ }).click({ button: 'middle' });
    await workbench.page.getByRole('tab', { name: /sample\.mp4/ }).click({ button: 'middle' });
    await expect.poll(() => workbench.page.locator('iframe.webview.ready').count()).toBe(0);
    await workbench.conversationRow('sample.mp4').click();
    await panel.input.waitFor();
    expect(await panel.lastAnswer()).toMatch(/blue/i);
  });

  it('are renamed, in the list and on the tab', async () => {
    const { workbench } = editor();
    await workbench.contextMenu(workbench.conversationRow('sample.mp4'), 'Rename Conversation…');
    await workbench.enterText('Colours of squares');
    await workbench.conversationRow('Colours of squares').waitFor();
    await workbench.tab(/Colours of squares/).waitFor();
    expect(await workbench.conversationRow('sample.mp4').count()).toBe(0);
    await shot('renamed');
  });

  it('are found by words of their answers', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Search Conversations…');
    await workbench.page.locator('.quick-input-widget input[type=text]').fill('circle');
    await workbench.quickPickRow('second.mp4').waitFor();
    await expect.poll(() => workbench.quickPickRow('Colours of squares').count()).toBe(0);
    await shot('search');
    await workbench.quickPickRow('second.mp4').click();
    await workbench.tab(/second\.mp4/).waitFor();
    await workbench.conversationRow('Colours of squares').click();
    await expect.poll(() => panel.lastAnswer()).toMatch(/blue/i);
  });

  it('are copied as Markdown', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Copy Transcript');
    await expect.poll(() => workbench.clipboard()).toMatch(/^# Colours of squares\n[^]*What is the color of the square\?[^]*blue/);
  });

  it('are written as Markdown where the person wants them', async () => {
    const { workbench, workspace } = editor();
    await workbench.runCommand('VideoChat: Export Transcript as Markdown…');
    await workbench.enterText(path.join(workspace, 'exported.md'));
    const text = await written('exported.md');
    expect(text).toBe(await workbench.clipboard());
    expect(text).toContain(path.join(workspace, 'sample.mp4'));
    expect(text).toMatch(/`videochat:8` · (\d:\d\d\.\d, ){7}\d:\d\d\.\d/);
    expect(text).toContain('👍 right colour');
    await workbench.tab(/exported\.md/).waitFor();
    await shot('exported');
  });

  it('give their ratings as lines of JSON', async () => {
    const { workbench, workspace } = editor();
    await workbench.runCommand('VideoChat: Export Ratings…');
    await workbench.enterText(path.join(workspace, 'ratings.jsonl'));
    const lines = (await written('ratings.jsonl')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([
      expect.objectContaining({
        ...{ rating: 'up', note: 'right colour', question: 'What is the color of the square?', history: [] },
        answer: expect.stringMatching(/blue/i) as string,
        video: { path: path.join(workspace, 'sample.mp4'), contentHash: expect.any(String) as string },
      }),
    ]);
  });

  it('are deleted after a question only, with their tab', async () => {
    const { workbench } = editor();
    await workbench.contextMenu(workbench.conversationRow('second.mp4'), 'Delete Conversation');
    await shot('delete');
    await workbench.answerDialog('Delete the conversation "second.mp4"?', 'Cancel');
    expect(await workbench.conversationRow('second.mp4').count()).toBe(1);
    await workbench.contextMenu(workbench.conversationRow('second.mp4'), 'Delete Conversation');
    await workbench.answerDialog(/Questions in it: 1\. This cannot be undone/, 'Delete');
    await expect.poll(() => workbench.conversationRow('second.mp4').count()).toBe(0);
    await expect.poll(() => workbench.tab(/^second\.mp4/).count()).toBe(0);
    expect(await workbench.conversationRow('Colours of squares').count()).toBe(1);
  });
});
