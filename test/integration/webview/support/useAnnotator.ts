import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AnnotateState } from '../../../../server/protocol/annotatePanel.js';
import { makeClip } from '../../../media/makeClip.js';
import { exampleAnnotateState, exampleKeys } from './annotateExamples.js';
import { AnnotatePageDriver, type OpenAnnotator } from './annotatePageDriver.js';
import { launchChromium } from './chromium.js';
import { servePage } from './pageServer.js';

export interface AnnotatorPages {
  /** Opens the page of a test with the example document and keys. */
  open(more?: Partial<AnnotateState>, options?: OpenAnnotator): Promise<AnnotatePageDriver>;
  /** The page that was opened last. */
  annotator(): AnnotatePageDriver;
  /** Where the page's server is. */
  origin(): string;
}

/** A browser for the tests of a file. After each, what the page's content policy had to refuse is a failure. */
export function useAnnotator(): AnnotatorPages {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePage>>;
  let annotator: AnnotatePageDriver;
  beforeAll(async () => {
    server = await servePage(await makeClip({ name: 'plain' }));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.dispose();
  });
  afterEach(async () => {
    const violations = await annotator.violations();
    await annotator.dispose();
    expect(violations).toEqual([]);
  });
  return {
    open: async (more = {}, options) => {
      annotator = await AnnotatePageDriver.open(browser, server.origin, options);
      await annotator.show(exampleAnnotateState(server.origin, more));
      await annotator.tell({ type: 'keys', keys: exampleKeys });
      return annotator;
    },
    annotator: () => annotator,
    origin: () => server.origin,
  };
}
