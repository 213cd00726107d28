import { throwIfCancelled, type CancellationToken } from '../common/cancellation.js';
import { inOrder } from '../common/inOrder.js';
import type { TimedText } from '../context/buildTimelineContext.js';
import type { Segment } from '../protocol/index.js';
import type { Captioner } from './captioner.js';
import type { CaptionStore } from './captionStore.js';
import { coarseToFine } from './coarseToFine.js';

export interface CaptionedProgress {
  /** Windows that are done, of those that will be. */
  done: number;
  /** Of them, those that the captioner was asked about now. */
  asked: number;
  total: number;
  /** At the end of a round: what is known so far, spread over the whole, in the order of time. */
  captions?: readonly TimedText[];
}

export interface WindowsRequest {
  contentHash: string;
  windows: readonly Segment[];
  captioner: Captioner;
  store: CaptionStore;
  /** Most windows that are captioned; spread evenly where there are more. */
  mostWindows: number;
  /** Of those, the captioner is asked about so many now; more come with another run. Left out: all. */
  mostAsked?: number;
  token: CancellationToken;
  progress?(value: CaptionedProgress): void | Promise<void>;
}

/**
 * Captions windows, coarse first: each round of windows is spread over the whole; as many at once as the captioner takes. What was captioned before is not asked
 * again, and each caption is kept as soon as it is there.
 *
 * @returns captions of the windows of which something is said, in the order of time
 * @throws RequestCancelled, and what the captioner throws; what was captioned until then is kept
 */
export async function captionWindows({ contentHash, windows, captioner, store, mostWindows, mostAsked = Infinity, token, progress }: WindowsRequest): Promise<TimedText[]> {
  const known = windows.filter((window) => captioner.knows(window));
  const rounds = coarseToFine(known.length, mostWindows);
  const total = rounds.reduce((sum, round) => sum + round.length, 0);
  const file = captioner.key === undefined ? undefined : await store.open(contentHash, captioner.key);
  const captions: TimedText[] = [];
  let [done, asked, begun] = [0, 0, 0];
  const sorted = (): TimedText[] => [...captions].sort((a, b) => a.startSeconds - b.startSeconds);
  /** Undefined: enough was asked. */
  const captionOf = async (window: Segment): Promise<{ window: Segment; text: string; isNew: boolean } | undefined> => {
    throwIfCancelled(token);
    const basis = captioner.basis(window);
    const kept = file?.find(window, basis);
    if (kept !== undefined) return { window, text: kept, isNew: false };
    if (begun >= mostAsked) return undefined;
    begun++;
    const text = await captioner.caption(window);
    await file?.add(window, basis, text);
    return { window, text, isNew: true };
  };
  try {
    for (const round of rounds) {
      let left = round.length;
      for await (const made of inOrder(round.flatMap((index) => known[index] ?? []), captioner.width ?? 1, captionOf)) {
        if (!made) return sorted();
        const { window, text, isNew } = made;
        if (text !== '') captions.push({ ...window, text });
        asked += isNew ? 1 : 0;
        done++;
        await progress?.({ done, asked, total, ...(--left === 0 ? { captions: sorted() } : {}) });
      }
    }
    return sorted();
  } finally {
    await file?.dispose();
  }
}
