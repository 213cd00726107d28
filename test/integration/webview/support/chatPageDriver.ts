import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { HostMessage, PageMessage } from '../../../../server/protocol/panel.js';
import type { ThemeName } from './themes.js';

const pictures = fileURLToPath(new URL('../../../../.cache/screenshots/webview/', import.meta.url));

export interface OpenOptions {
  theme?: ThemeName;
  width?: number;
  height?: number;
  strings?: Record<string, string>;
}

/** The chat page in a browser, seen from its host. */
export class ChatPageDriver {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, origin: string, options: OpenOptions = {}): Promise<ChatPageDriver> {
    const { theme = 'dark', width = 480, height = 860, strings = {} } = options;
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${origin}/?theme=${theme}&strings=${encodeURIComponent(JSON.stringify(strings))}`);
    const driver = new ChatPageDriver(context, page);
    await driver.said('ready');
    return driver;
  }

  /** The host speaks. */
  async tell(...messages: HostMessage[]): Promise<void> {
    await this.page.evaluate(`for (const message of ${JSON.stringify(messages)}) window.postMessage(message, '*')`);
    await this.settled();
  }

  /** Waits until the page has drawn. */
  async settled(): Promise<void> {
    await this.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  }

  /** All that the page has said of this kind. */
  async allSaid<T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>[]> {
    const posted = await this.page.evaluate<PageMessage[]>('window.posted');
    return posted.filter((message): message is Extract<PageMessage, { type: T }> => message.type === type);
  }

  /** The last thing of this kind that the page has said; waits for the first. */
  async said<T extends PageMessage['type']>(type: T): Promise<Extract<PageMessage, { type: T }>> {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      const last = (await this.allSaid(type)).at(-1);
      if (last) {
        return last;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`The page has not said ${type}.`);
  }

  /** What the content policy refused. */
  violations(): Promise<string[]> {
    return this.page.evaluate<string[]>('window.violations');
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`) });
  }

  async dispose(): Promise<void> {
    await this.#context.close();
  }
}
