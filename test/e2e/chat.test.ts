import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';

describeInBrowser('chatting about a clip', () => {
  const editor = useEditor('chat');
  let panel: ChatPanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);

  it('opens from the explorer, beside the code, with the clip in the player', async () => {
    panel = await editor().chatWith('sample.mp4');
    await editor().workbench.tab(/sample\.mp4/).waitFor();
    const { duration } = await panel.playerReady();
    expect(duration).toBeCloseTo(8, 0);
    await shot('opened');
  });

  it('answers a question with the right fact, as it is found, with the frames it rests on', async () => {
    await panel.recordAnswers();
    await panel.send('Describe the video.');
    const answer = await panel.finishedAnswer();
    await shot('answer');
    expect(answer).toMatch(/red circle/i);
    // In however many parts it came, none was lost or changed places.
    const versions = await panel.answerVersions();
    expect(versions.at(-1)).toBe(answer);
    expect(versions.filter((version) => !answer.startsWith(version))).toEqual([]);
    await expect.poll(() => panel.frame.locator('.frames .frame').count()).toBe(8);
    expect(await panel.frame.locator('.result').last().textContent()).toMatch(/VideoChat\smini.*CPU.*8\sframes.*tok\/s/);
  });

  it('answers a follow-up', async () => {
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
    await shot('follow-up');
  });

  it('seeks the player by a time in an answer, and by a frame', async () => {
    const answer = await panel.ask('When can you see the square?');
    const [from, to] = [...answer.matchAll(/\d+\.\d/g)].map(Number);
    // From 1.5 to 5.5 s; the model sees one frame a second.
    expect(Math.abs((from ?? NaN) - 1.5)).toBeLessThanOrEqual(1);
    expect(Math.abs((to ?? NaN) - 5.5)).toBeLessThanOrEqual(1);
    const link = panel.turns.last().locator('.markdown [data-start]').first();
    const [start, end] = await Promise.all(['data-start', 'data-end'].map(async (name) => Number(await link.getAttribute(name))));
    await panel.expectTime(() => panel.frame.locator('videochat-seek-bar [role=slider]').press('End'), 7.5, 8.1);
    // It plays just that interval.
    await panel.expectTime(() => link.click(), start ?? NaN, (end ?? NaN) + 0.3);
    await panel.pause();
    await shot('time-link');
    await panel.expectTime(() => panel.frame.locator('.frames .frame').nth(7).click(), 7, 7.9);
  });

  it('asks about a part of the clip that was marked', async () => {
    const bar = panel.frame.locator('videochat-seek-bar [role=slider]');
    await panel.expectTime(() => bar.press('Home'), 0, 0.1);
    await bar.press('[');
    const forward = async (): Promise<void> => {
      for (let second = 0; second < 4; second += 1) {
        await bar.press('ArrowRight');
      }
    };
    await panel.expectTime(forward, 3.9, 4.1);
    await bar.press(']');
    await panel.frame.locator('.span-chip').waitFor();
    await shot('span');
    await panel.ask('What shape is the red object?');
    expect(await panel.lastAnswer()).toMatch(/circle/i);
    expect(await panel.turns.last().locator('.question .chip').count()).toBe(1);
    await panel.button('Ask about the whole clip').click();
  });

  it('answers again', async () => {
    const turns = await panel.turns.count();
    await panel.button('Answer again').click();
    await panel.finishedAnswer();
    expect(await panel.turns.count()).toBe(turns);
    expect(await panel.lastAnswer()).toMatch(/circle/i);
    await shot('again');
  });

  it('keeps everything over a reload of the window', async () => {
    // What is being answered again has no text for a moment.
    await expect.poll(() => panel.frame.locator('.markdown').count(), { timeout: 20_000 }).toBe(await panel.turns.count());
    const before = await panel.frame.locator('.markdown').allTextContents();
    await panel.input.fill('not sent yet');
    await editor().workbench.settled();
    await editor().workbench.open(editor().server.url());
    await panel.input.waitFor();
    await panel.playerReady();
    expect(await panel.frame.locator('.markdown').allTextContents()).toEqual(before);
    expect(await panel.input.inputValue()).toBe('not sent yet');
    await shot('reloaded');
    await panel.input.fill('');
    expect(await panel.ask('What is the color of the square?')).toMatch(/blue/i);
  });
});
