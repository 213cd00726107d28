import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { makeClip } from '../../../media/makeClip.js';
import { launchChromium } from './chromium.js';
import { servePage } from './pageServer.js';

/** A page in a browser, seen from its host. */
interface PageDriver {
  /** What the content policy refused. */
  violations(): Promise<string[]>;
  dispose(): Promise<void>;
}

export interface Pages<Driver, Options> {
  /** Opens the page of a test. */
  open(options?: Options): Promise<Driver>;
  /** The page that was opened last. */
  current(): Driver;
  /** Where the page's server is. */
  origin(): string;
}

/** A browser and a server of pages for the tests of a file. After each, what the page's content policy had to refuse is a failure. */
export function usePage<Driver extends PageDriver, Options>(open: (browser: Browser, origin: string, options?: Options) => Promise<Driver>): Pages<Driver, Options> {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePage>>;
  let page: Driver;
  beforeAll(async () => {
    server = await servePage(await makeClip({ name: 'plain' }));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.dispose();
  });
  afterEach(async () => {
    const violations = await page.violations();
    await page.dispose();
    expect(violations).toEqual([]);
  });
  return {
    open: async (options) => (page = await open(browser, server.origin, options)),
    current: () => page,
    origin: () => server.origin,
  };
}
