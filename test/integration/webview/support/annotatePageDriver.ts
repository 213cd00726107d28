import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { AnnotationDocument } from '../../../../server/protocol/annotation.js';
import { applyAnnotationEdits } from '../../../../server/protocol/annotationEdit.js';
import type { AnnotateCommand, AnnotateHostMessage, AnnotatePageMessage, AnnotateState } from '../../../../server/protocol/annotatePanel.js';
import type { ThemeName } from './themes.js';

const pictures = fileURLToPath(new URL('../../../../.cache/screenshots/', import.meta.url));

export interface OpenAnnotator {
  theme?: ThemeName;
  width?: number;
  height?: number;
}

/** The annotator's page in a browser, seen from a host that keeps the document. */
export class AnnotatePageDriver {
  readonly page: Page;
  readonly #context: BrowserContext;
  /** What the host's text holds. */
  document: AnnotationDocument | undefined;
  revision = 0;
  #answered = 0;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(browser: Browser, origin: string, { theme = 'dark', width = 1100, height = 800 }: OpenAnnotator = {}): Promise<AnnotatePageDriver> {
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${origin}/annotator?theme=${theme}`);
    const driver = new AnnotatePageDriver(context, page);
    await driver.said('ready');
    return driver;
  }

  /** The host speaks. */
  async tell(...messages: AnnotateHostMessage[]): Promise<void> {
    await this.page.evaluate(`for (const message of ${JSON.stringify(messages)}) window.postMessage(message, '*')`);
    await this.settled();
  }

  async show(state: AnnotateState): Promise<void> {
    this.document = state.document;
    this.revision = state.revision;
    await this.tell({ type: 'state', state });
  }

  async command(...commands: AnnotateCommand[]): Promise<void> {
    for (const command of commands) {
      await this.tell({ type: 'command', command });
    }
  }

  /** The host takes all edits that it has not answered yet, in order, as the editor's text does. */
  async takeEdits(): Promise<void> {
    const edits = (await this.allSaid('edit')).slice(this.#answered);
    this.#answered += edits.length;
    for (const edit of edits) {
      await this.change(edit.edits, edit.id);
    }
  }

  /** The text changes: by an edit of the page, or by somebody else. */
  async change(edits: Extract<AnnotatePageMessage, { type: 'edit' }>['edits'], answering?: number): Promise<void> {
    const { document, refused } = this.document ? applyAnnotationEdits(this.document, edits) : {};
    const reply: AnnotateHostMessage[] = answering === undefined ? [] : [{ type: 'reply', id: answering, ...(refused ? { problem: { message: 'It is gone.' } } : {}) }];
    if (document) {
      this.document = document;
      this.revision++;
    }
    await this.tell(...(document ? [{ type: 'edited' as const, revision: this.revision, edits, problems: [], dirty: true }] : []), ...reply);
  }

  /** Waits until the page has drawn. */
  async settled(): Promise<void> {
    await this.page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  }

  async allSaid<T extends AnnotatePageMessage['type']>(type: T): Promise<Extract<AnnotatePageMessage, { type: T }>[]> {
    const posted = await this.page.evaluate<AnnotatePageMessage[]>('window.posted');
    return posted.filter((message): message is Extract<AnnotatePageMessage, { type: T }> => message.type === type);
  }

  /** The last thing of this kind that the page has said; waits for the first. */
  async said<T extends AnnotatePageMessage['type']>(type: T): Promise<Extract<AnnotatePageMessage, { type: T }>> {
    await expect.poll(async () => (await this.allSaid(type)).length, { timeout: 20_000 }).toBeGreaterThan(0);
    const last = (await this.allSaid(type)).at(-1);
    if (!last) {
      throw new Error(`The page has not said ${type}.`);
    }
    return last;
  }

  /** The policy forbids the page to evaluate strings, and so Playwright's own waiting. */
  async until(expression: string): Promise<void> {
    await expect.poll(() => this.page.evaluate<boolean>(expression), { timeout: 20_000 }).toBe(true);
  }

  /** The player shows frames, and the page knows their times. */
  async playable(): Promise<void> {
    await this.until('document.querySelector("video")?.readyState >= 2 && /^f \\d/.test(document.querySelector(".time-frame").textContent)');
  }

  async frame(): Promise<number> {
    return this.page.evaluate<number>('Number(document.querySelector(".ruler").getAttribute("aria-valuenow"))');
  }

  /** Where a time lies on the tracks, and the middle of a track's first lane. */
  async point(seconds: number, track = 0): Promise<{ x: number; y: number }> {
    await this.settled();
    return this.page.evaluate<{ x: number; y: number }>(`(() => {
      const { start, pixelsPerSecond } = document.querySelector('videochat-timeline').dataset;
      const box = document.querySelector('.tracks').getBoundingClientRect();
      const name = document.querySelectorAll('.timeline-scroll .track-names > span')[${track}].getBoundingClientRect();
      return { x: box.left + 1 + (${seconds} - Number(start)) * Number(pixelsPerSecond), y: name.top + 13 };
    })()`);
  }

  async drag(from: number, to: number, options: { track?: number; toTrack?: number } = {}): Promise<void> {
    const start = await this.point(from, options.track);
    const end = await this.point(to, options.toTrack ?? options.track);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 3 });
    await this.page.mouse.move(end.x, end.y, { steps: 3 });
    await this.page.mouse.up();
    await this.settled();
  }

  /** What the content policy refused. */
  violations(): Promise<string[]> {
    return this.page.evaluate<string[]>('window.violations');
  }

  async screenshot(name: string): Promise<void> {
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `annotate-${name}.png`) });
  }

  async dispose(): Promise<void> {
    await this.#context.close();
  }
}
