import type { ClipFilter } from '../../protocol/index.js';
import { type DocumentFacts, itemPasses, noItems } from './documentFacts.js';
import { type IndexedClip, lowerBound } from './indexedClip.js';

const remembered = 8;

/** Clips that pass a filter, found once for each of the last few filters. */
export class ClipSelections {
  private readonly known = new Map<string, readonly IndexedClip[]>();

  constructor(private readonly clips: readonly IndexedClip[]) {}

  /** In the order of paths. */
  of(filter: ClipFilter = {}): readonly IndexedClip[] {
    const key = JSON.stringify(filter);
    const found = this.known.get(key) ?? select(this.clips, filter);
    this.known.delete(key);
    this.known.set(key, found);
    for (const oldest of [...this.known.keys()].slice(0, -remembered)) {
      this.known.delete(oldest);
    }
    return found;
  }
}

function select(clips: readonly IndexedClip[], filter: ClipFilter): readonly IndexedClip[] {
  const { text, progress, split, folder = '' } = filter;
  const below = folder === '' ? clips : clipsBelow(clips, folder);
  const wanted = text?.toLowerCase();
  const byFacts = factsFilter(filter);
  if (wanted === undefined && !progress && split === undefined && !byFacts) {
    return below;
  }
  return below.filter((clip) => {
    const facts = clip.document?.facts ?? noItems;
    return (
      (split === undefined || clip.split === split) &&
      (!progress || progress.includes(facts.progress)) &&
      (!byFacts || byFacts(facts)) &&
      (wanted === undefined || clip.path.toLowerCase().includes(wanted))
    );
  });
}

/** Those below a folder: paths that begin alike stand together. */
export function clipsBelow(clips: readonly IndexedClip[], folder: string): readonly IndexedClip[] {
  // `0` is what comes after `/`.
  return clips.slice(lowerBound(clips, `${folder}/`), lowerBound(clips, `${folder}0`));
}

/** Many documents share their facts: each is looked at once. */
function factsFilter({ label, status, annotator }: ClipFilter): ((facts: DocumentFacts) => boolean) | undefined {
  if (label === undefined && status === undefined && annotator === undefined) {
    return undefined;
  }
  const known = new Map<DocumentFacts, boolean>();
  return (facts) => {
    const passes = known.get(facts) ?? facts.groups.some((group) => itemPasses(group, { label, status, annotator }));
    known.set(facts, passes);
    return passes;
  };
}
