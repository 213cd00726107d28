import type { Locator } from 'playwright-core';
import type { Workbench } from '../../e2e/support/workbench.js';

/** The text of an answer, whenever it had grown; and when its question was sent. Milliseconds since 1970. */
export interface Recording {
  /** Which of the turns it is. */
  turn: number;
  askedAt: number;
  versions: { at: number; text: string }[];
}

/** What is used of the page's own world; the bench is not compiled for one. */
interface PageWorld {
  recording: Recording;
  document: {
    querySelectorAll(selector: string): Iterable<{ querySelector(selector: string): { textContent: string | null } | null }>;
    addEventListener(type: string, listen: () => void, capture: boolean): void;
  };
  MutationObserver: new (look: () => void) => { observe(node: unknown, what: object): void };
}

/** The panel that was opened last, as a browser sees it. */
export class PanelPage {
  constructor(private readonly workbench: Workbench) {}

  /** Waits until a question can be typed. @returns when, in milliseconds since 1970 */
  async typable(): Promise<number> {
    await this.find('.composer textarea').waitFor();
    return now();
  }

  /** Waits until the player has a picture: the server runs, has read the clip and serves it. */
  async playable(): Promise<number> {
    const video = this.find('videochat-player video');
    await video.waitFor();
    await video.evaluate(
      (element) =>
        new Promise<void>((resolve) => {
          const { readyState, addEventListener } = element as unknown as { readyState: number; addEventListener(type: string, done: () => void): void };
          if (readyState >= 2) {
            resolve();
          } else {
            addEventListener.call(element, 'loadeddata', () => resolve());
          }
        }),
    );
    return now();
  }

  /** Asks, and waits for the whole answer. */
  async ask(question: string): Promise<void> {
    const before = await this.find('article.turn').count();
    const input = this.find('.composer textarea');
    await input.fill(question);
    await input.press('Enter');
    await this.find('article.turn').nth(before).locator('.result').waitFor();
  }

  /** The same; @returns what was there to see meanwhile */
  async askAndRecord(question: string): Promise<Recording> {
    const before = await this.find('article.turn').count();
    await this.find('body').evaluate((body, turn) => {
      const page = globalThis as unknown as PageWorld;
      const isFirst = page.recording === undefined;
      page.recording = { turn, askedAt: 0, versions: [] };
      if (!isFirst) {
        return;
      }
      const at = (): number => performance.timeOrigin + performance.now();
      page.document.addEventListener('keydown', () => (page.recording.askedAt = at()), true);
      const look = (): void => {
        const { turn: index, versions } = page.recording;
        const text = [...page.document.querySelectorAll('article.turn')][index]?.querySelector('.markdown')?.textContent?.trim() ?? '';
        if (text !== '' && text !== versions.at(-1)?.text) {
          versions.push({ at: at(), text });
        }
      };
      new page.MutationObserver(look).observe(body, { subtree: true, childList: true, characterData: true });
    }, before);
    await this.ask(question);
    return this.find('body').evaluate(() => (globalThis as unknown as PageWorld).recording);
  }

  private find(selector: string): Locator {
    return this.workbench.webview().locator(selector);
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

