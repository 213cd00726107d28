import type { AnnotateState } from '../../../../server/protocol/annotatePanel.js';
import { exampleAnnotateState, exampleKeys } from './annotateExamples.js';
import { AnnotatePageDriver, type OpenAnnotator } from './annotatePageDriver.js';
import { usePage } from './usePage.js';

export interface AnnotatorPages {
  /** Opens the page of a test with the example document and keys. */
  open(more?: Partial<AnnotateState>, options?: OpenAnnotator): Promise<AnnotatePageDriver>;
  /** The page that was opened last. */
  annotator(): AnnotatePageDriver;
  /** Where the page's server is. */
  origin(): string;
}

/** Annotators for the tests of a file, see {@link usePage}. */
export function useAnnotator(): AnnotatorPages {
  const pages = usePage((browser, origin, options?: OpenAnnotator) => AnnotatePageDriver.open(browser, origin, options));
  return {
    open: async (more = {}, options) => {
      const annotator = await pages.open(options);
      await annotator.show(exampleAnnotateState(pages.origin(), more));
      await annotator.tell({ type: 'keys', keys: exampleKeys });
      return annotator;
    },
    annotator: pages.current,
    origin: pages.origin,
  };
}
