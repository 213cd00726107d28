import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { until } from './support/until.js';
import { makeClip } from '../media/makeClip.js';

describeInBrowser('stopping, and the death of the server', () => {
  const editor = useEditor('recovery', async () => ({
    files: { 'sample.mp4': sampleClip, 'other.mp4': await makeClip({ name: 'plain' }) },
  }));
  let panel: ChatPanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  const servers = (): Promise<number[]> => editor().server.videoChatServers();

  it('starts no server before it is needed', async () => {
    await editor().workbench.runCommand('VideoChat: Show Log');
    expect(await servers()).toEqual([]);
  });

  it('stops an answer when told to, and answers again', async () => {
    panel = await editor().chatWith('sample.mp4');
    await panel.send('What is the color of the square?');
    // A first answer takes seconds: the model is loaded, frames are looked at.
    await panel.button('Stop (Escape)').click();
    await panel.turns.last().getByText('You stopped this answer.').waitFor();
    await shot('stopped');
    expect(await panel.turns.count()).toBe(1);
    await panel.button('Answer again').click();
    expect(await panel.finishedAnswer()).toMatch(/blue/i);
  });

  it('says what happened when the server dies in the middle, and goes on after that', async () => {
    const [before] = await servers();
    await panel.recordAnswers();
    // Frames that no cache has: there is time to die.
    await panel.frame.locator('.composer .frames-select').selectOption('32');
    await panel.send('What shape is the red object?');
    await panel.turns.nth(1).locator('videochat-stage-line').waitFor();
    process.kill(before ?? NaN, 'SIGKILL');
    const turn = panel.turns.nth(1);
    await turn.getByText(/interrupted|ended before/i).first().waitFor();
    await shot('died');
    expect(await panel.turns.first().locator('.markdown').textContent()).toMatch(/blue/i);
    await turn.getByRole('button', { name: /again/i }).last().click();
    expect(await panel.finishedAnswer()).toMatch(/circle/i);
    await shot('recovered');
    const [after] = await until(async () => ((await servers()).length > 0 ? servers() : undefined), 'the new server');
    expect(after).not.toBe(before);
    await panel.playerReady();
  });

  it('leaves no server behind when the window is closed', async () => {
    await editor().workbench.close();
    await editor().server.stop();
    await until(async () => (await servers()).length === 0, 'the end of the server', 20_000);
  });
});
