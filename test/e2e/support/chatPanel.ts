import { expect } from 'vitest';
import type { FrameLocator, Locator } from 'playwright-core';
import { until } from './until.js';
import type { Workbench } from './workbench.js';

/** What a test asks of a `<video>`; the tests are not compiled for a page. */
interface VideoElement {
  currentTime: number;
  duration: number;
  paused: boolean;
  videoWidth: number;
  readyState: number;
  currentSrc: string;
  error: { message: string } | null;
}

/** What a test uses of a page's own world. */
interface PageGlobals {
  answerVersions: string[];
  document: { querySelectorAll(selector: string): Iterable<{ textContent: string | null }> };
  MutationObserver: new (look: () => void) => { observe(node: unknown, what: object): void };
}

/** The chat panel that was opened last. */
export class ChatPanel {
  readonly frame: FrameLocator;
  readonly input: Locator;
  readonly turns: Locator;
  readonly video: Locator;

  constructor(readonly workbench: Workbench) {
    this.frame = workbench.webview();
    this.input = this.frame.locator('.composer textarea');
    this.turns = this.frame.locator('article.turn');
    this.video = this.frame.locator('videochat-player video');
  }

  /** Types a question and sends it, without waiting for anything. */
  async send(question: string): Promise<void> {
    await this.input.fill(question);
    // A new panel knows its model a moment later.
    await this.frame.locator('.send-button:not([disabled])').waitFor();
    await this.input.press('Enter');
    // An editor that is still opening the panel may take the focus, and the key with it. What was sent stands there no more.
    const isSent = (): Promise<boolean> => until(async () => (await this.input.inputValue()) !== question, 'the question to be sent', 5_000).catch(() => false);
    for (let again = 0; again < 3 && !(await isSent()); again++) {
      await this.input.press('Enter');
    }
  }

  /** Asks, and waits for the whole answer. */
  async ask(question: string): Promise<string> {
    const before = await this.turns.count();
    await this.send(question);
    await until(async () => (await this.turns.count()) > before, 'the new turn');
    return this.finishedAnswer();
  }

  /** The text of the last answer, when it has ended well. */
  async finishedAnswer(): Promise<string> {
    const turn = this.turns.last();
    await turn.locator('.result').waitFor();
    return this.lastAnswer();
  }

  async lastAnswer(): Promise<string> {
    return (await this.turns.last().locator('.markdown').textContent())?.trim() ?? '';
  }

  /** From now on every text that the last answer has while it grows is kept. */
  async recordAnswers(): Promise<void> {
    await this.frame.locator('body').evaluate((body) => {
      const page = globalThis as unknown as PageGlobals;
      const versions: string[] = (page.answerVersions = []);
      const look = (): void => {
        const text = [...page.document.querySelectorAll('.markdown')].pop()?.textContent?.trim() ?? '';
        if (text !== '' && text !== versions[versions.length - 1]) {
          versions.push(text);
        }
      };
      new page.MutationObserver(look).observe(body, { subtree: true, childList: true, characterData: true });
    });
  }

  answerVersions(): Promise<string[]> {
    return this.frame.locator('body').evaluate(() => (globalThis as unknown as PageGlobals).answerVersions);
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  /** What the player does now. */
  player(): Promise<VideoElement> {
    return this.video.evaluate((element) => {
      const { currentTime, duration, paused, videoWidth, readyState, currentSrc, error } = element as unknown as VideoElement;
      return { currentTime, duration, paused, videoWidth, readyState, currentSrc, error: error && { message: error.message } };
    });
  }

  /** Waits until the player has a picture. */
  async playerReady(): Promise<VideoElement> {
    return until(async () => {
      const state = (await this.video.count()) > 0 ? await this.player() : undefined;
      return state && state.videoWidth > 0 && state.readyState >= 2 ? state : undefined;
    }, 'a picture in the player');
  }

  pause(): Promise<void> {
    return this.video.evaluate((element) => (element as unknown as { pause(): void }).pause());
  }

  /** After `act` the player stands or plays between these two times, in seconds. */
  async expectTime(act: () => Promise<void>, from: number, to: number): Promise<void> {
    await act();
    await expect
      .poll(async () => (await this.player()).currentTime, { timeout: 20_000 })
      .toSatisfy((seconds: number) => seconds >= from - 0.1 && seconds <= to);
  }
}
