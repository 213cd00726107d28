import type { AnnotationList } from '../../protocol/index.js';

const prefixes: Record<AnnotationList, string> = { segments: 's', questions: 'q', conversations: 'c' };

/** An id for a new item, e.g. `s-k3f09x2a`: two people who add items to one clip do not choose the same. */
export function newItemId(list: AnnotationList): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `${prefixes[list]}-${[...bytes].map((byte) => (byte % 36).toString(36)).join('')}`;
}
