import type { SearchSource } from '../searchSource.js';
import type { SearchThread } from '../searchThread.js';

/** Documents about clips: what people, and models they have asked, wrote down. */
export function annotationSource(thread: SearchThread): SearchSource {
  return {
    name: 'annotations',
    stamp: async ({ document }) => document && `${document.path} ${document.stamp}`,
    read: async ({ document }) => (document ? thread.call('annotations', document.path) : []),
  };
}
