import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import type { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';

/** What a test asks of the element that has the focus. */
interface Focused {
  closest(selector: string): unknown;
  getAttribute(name: string): string | null;
  textContent: string | null;
  tagName: string;
}

/** What a test uses of the page to see what moves. */
interface MovingPage {
  moved: string[];
  document: { getAnimations(): { animationName?: string; effect: { getComputedTiming(): { activeDuration: number } } | null }[] };
  requestAnimationFrame(look: () => void): void;
}

describeInBrowser('the panel without a pointer, in a system that wants little motion', () => {
  const editor = useEditor('keyboard', () => ({ reducedMotion: true }));
  let panel: ChatPanel;
  const press = (key: string): Promise<void> => editor().workbench.page.keyboard.press(key);
  const focused = (): Promise<string> =>
    panel.frame.locator('body').evaluate(() => {
      const element = (globalThis as unknown as { document: { activeElement: Focused } }).document.activeElement;
      const part = ['videochat-player', 'videochat-turn', 'videochat-transcript', 'videochat-composer'].find((name) => element.closest(name));
      return `${part ?? ''} ${element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.tagName}`.trim();
    });
  /** Tab until something has come round again. */
  const walk = async (key: string): Promise<string[]> => {
    const seen: string[] = [];
    for (let step = 0; step < 60; step += 1) {
      await press(key);
      const now = await focused();
      if (seen.includes(now) && now.startsWith('videochat-composer')) {
        break;
      }
      seen.push(now);
    }
    return seen;
  };

  it('asks and answers: focus command, question, Enter', async () => {
    const { workbench } = editor();
    panel = await editor().chatWith('sample.mp4');
    await workbench.runCommand('VideoChat: Focus Question Input');
    await expect.poll(focused).toMatch(/videochat-composer/);
    await workbench.page.keyboard.type('When can you see the square?');
    await press('Enter');
    expect(await panel.finishedAnswer()).toMatch(/seconds/);
  });

  it('reaches everything with Tab, in the order of reading', async () => {
    await editor().workbench.runCommand('VideoChat: Focus Last Answer');
    await expect.poll(focused).toMatch(/videochat-turn/);
    const order = await walk('Tab');
    const all = order.join('\n');
    for (const name of ['Edit', 'Answer again', 'Good answer', 'Bad answer']) {
      expect(all).toContain(name);
    }
    const parts = order.map((each) => each.split(' ')[0]).filter((part, index, list) => part !== list[index - 1]);
    expect(parts.indexOf('videochat-turn')).toBeLessThan(parts.indexOf('videochat-composer'));
    expect(order.filter((each) => /^videochat-\S+ (BUTTON|A|SPAN|DIV)$/.test(each))).toEqual([]);
  });

  it('goes to a time of the answer with Enter', async () => {
    await panel.playerReady();
    await editor().workbench.runCommand('VideoChat: Focus Last Answer');
    const link = panel.turns.last().locator('.markdown [data-start]').first();
    const start = Number(await link.getAttribute('data-start'));
    for (let step = 0; step < 30 && !(await link.evaluate((element) => (element as unknown as { matches(selector: string): boolean }).matches(':focus'))); step += 1) {
      await press('Tab');
    }
    await panel.expectTime(() => press('Enter'), start, 8);
    await panel.pause();
  });

  it('plays, steps and marks with keys', async () => {
    const bar = panel.frame.locator('videochat-seek-bar [role=slider]');
    await bar.focus();
    await panel.expectTime(() => press('Home'), 0, 0.1);
    await press('[');
    await panel.expectTime(async () => {
      await press('ArrowRight');
      await press('ArrowRight');
    }, 1.9, 2.1);
    await press(']');
    await panel.frame.locator('.span-chip').waitFor();
    await press('k');
    await expect.poll(async () => (await panel.player()).paused).toBe(false);
    await press('k');
    await expect.poll(async () => (await panel.player()).paused).toBe(true);
  });

  it('tells what the keys are', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Show Accessibility Help');
    await expect.poll(() => workbench.editorText()).toMatch(/Space plays and pauses/);
    await workbench.runCommand('View: Close Editor');
  });

  it('moves nothing, from the question to the end of the answer', async () => {
    const body = panel.frame.locator('body');
    await body.evaluate(() => {
      const page = globalThis as unknown as MovingPage;
      page.moved = [];
      const look = (): void => {
        const long = page.document.getAnimations().filter(({ effect }) => (effect?.getComputedTiming().activeDuration ?? 0) > 100);
        page.moved.push(...long.map(({ animationName }) => animationName ?? 'something'));
        page.requestAnimationFrame(look);
      };
      look();
    });
    await panel.ask('Describe the video.');
    expect(await body.evaluate(() => (globalThis as unknown as MovingPage).moved)).toEqual([]);
    await editor().workbench.screenshot('end');
  });
});
