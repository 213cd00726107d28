import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { findFfmpeg } from '../../server/video/findFfmpeg.js';
import { changedModel } from '../fixtures/changedModel.js';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { shortFolder } from './support/folders.js';

/** The embedded model, with a manifest that takes two: what it says of both means nothing, all else is as with any model. */
const several = { id: 'several', name: 'Several', media: { most: 2 } };

/** The sample in half its length. */
async function shortClip(): Promise<string> {
  const file = path.join(shortFolder(), 'short.mp4');
  const { ffmpeg } = await findFfmpeg();
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-i', sampleClip, '-t', '4', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', file]);
  return file;
}

describeInBrowser('several clips in a conversation', () => {
  const editor = useEditor('several', async () => {
    const folder = shortFolder();
    await changedModel(folder, several);
    const short = await shortClip();
    return {
      files: { 'sample.mp4': sampleClip, 'short.mp4': short, 'third.mp4': short },
      settings: { 'videochat.model': several.id },
      machineSettings: { 'videochat.modelFolders': [folder] },
    };
  });
  let panel: ChatPanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  const chips = () => panel.frame.locator('.clip-chips .chip-name');
  const names = async (): Promise<string[]> => (await chips().allTextContents()).map((text) => text.trim());
  const add = async (file: string): Promise<void> => {
    await panel.button('Add a video or a picture').click();
    await editor().workbench.chooseQuickPick(file);
  };

  it('are added at any turn, and looked at together', async () => {
    panel = await editor().chatWith('sample.mp4');
    await panel.playerReady();
    await panel.ask('Describe the video.');
    await add('short.mp4');
    await expect.poll(() => names()).toEqual(['sample.mp4', 'short.mp4']);
    await panel.ask('How many objects are there?');
    const strips = panel.turns.last().locator('.evidence-head');
    await expect.poll(() => strips.allTextContents().then((heads) => heads.map((head) => head.replace(/\s+/g, ' ').trim().split(' ')[0]))).toEqual(['sample.mp4', 'short.mp4']);
    expect(await panel.turns.last().locator('.result').textContent()).toMatch(/16\sframes/);
    await shot('two');
  });

  it('are shown in the player as they are chosen, and by their frames', async () => {
    await chips().nth(1).click();
    await expect.poll(async () => (await panel.playerReady()).duration).toBeCloseTo(4, 0);
    await panel.turns.last().locator('.frames').first().locator('.frame').last().click();
    await expect.poll(async () => (await panel.playerReady()).duration).toBeCloseTo(8, 0);
    await expect.poll(async () => (await panel.player()).currentTime).toBeGreaterThan(6.5);
  });

  it('are no more than the model takes', async () => {
    await add('third.mp4');
    await panel.frame.locator('.notice').getByText('Several looks at 2 clips and pictures in a conversation.').waitFor();
    expect(await chips().count()).toBe(2);
    await shot('no-third');
  });

  it('are there again after a reload, and can be taken out', async () => {
    const { workbench, server } = editor();
    await workbench.open(server.url());
    await panel.input.waitFor();
    await expect.poll(() => names()).toEqual(['sample.mp4', 'short.mp4']);
    expect(await panel.turns.last().locator('.evidence-head').count()).toBe(2);
    await panel.button('Remove sample.mp4').click();
    await expect.poll(() => names()).toEqual(['short.mp4']);
    await panel.ask('Describe the video.');
    expect(await panel.turns.last().locator('.evidence-head').count()).toBe(1);
    expect(await panel.turns.last().locator('.result').textContent()).toMatch(/\b8\sframes/);
  });
});
