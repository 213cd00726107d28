import { expect } from 'vitest';
import type { FrameLocator, Locator } from 'playwright-core';
import { until } from './until.js';
import type { Workbench } from './workbench.js';

/** What a test asks of an element of the page; the tests are not compiled for a page. */
interface TimelineElement {
  dataset: Record<string, string>;
  querySelector(selector: string): { getBoundingClientRect(): { left: number; top: number } };
  querySelectorAll(selector: string): { getBoundingClientRect(): { top: number } }[];
}

/** An open annotator, and what a person does there with keys and mouse. */
export class AnnotatePanel {
  readonly frame: FrameLocator;
  readonly tracks: Locator;
  /** The selected segment's. */
  readonly caption: Locator;
  readonly selected: Locator;

  /** @param place among the open panels; the newest unless it says otherwise */
  constructor(
    readonly workbench: Workbench,
    place: number | 'last' = 'last',
  ) {
    this.frame = workbench.webview(place);
    this.tracks = this.frame.locator('videochat-timeline .tracks');
    this.caption = this.frame.locator('textarea.caption');
    this.selected = this.tracks.locator('[role=option][aria-selected=true]');
  }

  /** Waits until frames are known by their numbers, and keys go to the timeline. */
  async ready(): Promise<this> {
    await this.tracks.waitFor();
    await until(async () => /^[^≈]*\d/.test((await this.frame.locator('.time-frame').textContent()) ?? ''), 'the numbers of frames');
    return this;
  }

  /** Presses keys, as the editor gets them. What is pressed next may overtake a command's very first use: look before. */
  async press(key: string, times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.workbench.page.keyboard.press(key);
    }
  }

  async goToFrame(frame: number): Promise<void> {
    await this.press('.', frame - (await this.frameNumber()));
    await expect.poll(() => this.frameNumber(), { timeout: 20_000 }).toBe(frame);
  }

  frameNumber(): Promise<number> {
    return this.frame.locator('.ruler').getAttribute('aria-valuenow').then(Number);
  }

  /** Waits until the page says this to those who do not see it. */
  async says(text: string | RegExp): Promise<void> {
    await this.frame.locator('[role=status]').filter({ hasText: text }).waitFor({ state: 'attached' });
  }

  /** The line at the bottom. */
  footer(): Promise<string> {
    return this.frame.locator('footer').innerText();
  }

  /** Waits until all that was done here is in the editor's text. */
  async applied(): Promise<void> {
    await expect.poll(() => this.footer(), { timeout: 20_000 }).toMatch(/\b(unsaved changes|saved)\b/);
  }

  /** Start and end of the selected segment, as the fields have them. */
  async times(): Promise<string> {
    return (await this.frame.locator('.time-field').evaluateAll((fields) => fields.map((field) => (field as unknown as { value: string }).value))).join(' → ');
  }

  async expectTimes(times: string): Promise<void> {
    await expect.poll(() => this.times(), { timeout: 20_000 }).toBe(times);
  }

  async typeCaption(text: string): Promise<void> {
    await this.press('F2');
    await expect.poll(() => this.focused(), { timeout: 20_000 }).toContain('caption');
    // All of it is selected.
    await this.workbench.page.keyboard.type(text);
    await this.press('Enter');
    await expect.poll(() => this.focused(), { timeout: 20_000 }).toContain('tracks');
    await this.applied();
  }

  async save(): Promise<void> {
    await this.applied();
    await this.press('Control+s');
    await expect.poll(() => this.footer(), { timeout: 20_000 }).not.toMatch(/unsaved|applying/);
  }

  /** Drags on a track, from one time to another. */
  async drag(from: number, to: number, track = 0): Promise<void> {
    const { mouse } = this.workbench.page;
    const [start, end] = [await this.point(from, track), await this.point(to, track)];
    await mouse.move(start.x, start.y);
    await mouse.down();
    await mouse.move((start.x + end.x) / 2, start.y, { steps: 3 });
    await mouse.move(end.x, end.y, { steps: 3 });
    await mouse.up();
    await this.applied();
  }

  private async point(seconds: number, track: number): Promise<{ x: number; y: number }> {
    const box = await this.tracks.boundingBox();
    const inside = await this.frame.locator('videochat-timeline').evaluate(
      (element, [at = 0, row = 0]) => {
        const timeline = element as unknown as TimelineElement;
        const names = timeline.querySelectorAll('.timeline-scroll .track-names > span');
        const top = timeline.querySelector('.tracks').getBoundingClientRect().top;
        return { x: (at - Number(timeline.dataset['start'])) * Number(timeline.dataset['pixelsPerSecond']), y: (names[row]?.getBoundingClientRect().top ?? NaN) + 13 - top };
      },
      [seconds, track],
    );
    return { x: (box?.x ?? NaN) + inside.x, y: (box?.y ?? NaN) + inside.y };
  }

  private focused(): Promise<string> {
    return this.frame.locator('body').evaluate(() => (globalThis as unknown as { document: { activeElement: { className: string } } }).document.activeElement.className);
  }
}
