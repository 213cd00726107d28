import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeSignClip } from '../media/makeSignClip.js';
import { AnnotatePanel } from './support/annotatePanel.js';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';

/** The embedded model was trained on nothing like this clip: what is said of it comes from what was noticed in it. */
describeInBrowser('a clip from the world', () => {
  const editor = useEditor('timeline', async () => {
    const sign = await makeSignClip(mkdtempSync(path.join(tmpdir(), 'videochat-test-')));
    if (sign === undefined) throw new Error('This ffmpeg writes no text.');
    return { files: { 'sign.mp4': sign } };
  });
  let panel: ChatPanel;

  it('has its sign read, with a link to the moment, and says what it cannot know', async () => {
    panel = await editor().chatWith('sign.mp4');
    await panel.playerReady();
    expect(await panel.ask('What does the sign say?')).toContain('EXIT 12');
    const turn = panel.turns.last();
    await expect.poll(() => turn.textContent()).toContain('Answered from');
    await editor().workbench.screenshot('sign-read');
    const link = turn.locator('[data-start]').first();
    const start = Number(await link.getAttribute('data-start'));
    expect(start).toBeGreaterThan(0.4);
    expect(start).toBeLessThan(1.6);
    await panel.expectTime(() => link.click(), start, 4.6);
    await panel.pause();
    expect(await panel.ask('What colour is the car?')).toBe('The timeline does not show that.');
  });

  it('is answered from its frames where the person says so', async () => {
    await panel.frame.locator('.answers-from-select').selectOption('embeddings');
    await panel.ask('How many objects are there?');
    await expect.poll(() => panel.turns.last().locator('.frames .frame').count()).toBe(8);
    await panel.frame.locator('.answers-from-select').selectOption('auto');
  });

  it('shows the moment that was looked for', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Find the Moment…');
    await workbench.enterText('EXIT');
    const row = workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: /0:0[01].*–.*0:0[34]/ }).first();
    await row.waitFor();
    await workbench.screenshot('moments');
    await row.click();
    await panel.frame.locator('.span-chip').waitFor();
  });

  it('is captioned event by event, in suggestions that a person accepts', async () => {
    const { workbench, workspace } = editor();
    await workbench.contextMenu(workbench.explorerRow('sign.mp4'), 'Caption Event by Event…');
    await workbench.chooseQuickPick('Suggestions in the annotator');
    const annotator = await new AnnotatePanel(workbench).ready();
    const suggested = annotator.frame.locator('.item-list').filter({ hasText: /text/ });
    await suggested.first().waitFor();
    await annotator.tracks.focus();
    await annotator.press('PageDown');
    await annotator.press('Enter');
    await workbench.screenshot('suggestions');
    await annotator.save();
    await expect.poll(() => readFile(path.join(workspace, 'sign.mp4.videochat.json'), 'utf8').catch(() => ''), { timeout: 20_000 }).toMatch(/"accepted"/);
  });
});
