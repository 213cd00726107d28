import type { SearchSource } from '../searchSource.js';

/** What is not found on disk, but told by those who find it out: words that were heard, captions that a model made. */
export const toldParts = ['spoken', 'captions'] as const;
export type ToldPart = (typeof toldParts)[number];

/** Keeps what was told of a clip until the clip changes. */
export function toldSource(name: ToldPart): SearchSource {
  return {
    name,
    stamp: async ({ stamp }, known) => (known === stamp ? known : undefined),
    read: async () => [],
  };
}
