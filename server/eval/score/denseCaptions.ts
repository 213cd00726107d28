import type { AreSynonyms } from '../text/synonyms.js';
import { ciderD, type CaptionPair } from './cider.js';
import { meteor } from './meteor.js';
import { type DenseEvent, sodaC } from './soda.js';
import { spanOverlap } from './spans.js';

/** IoU from which a caption is compared with a reference, as in the ActivityNet challenge. */
export const denseThresholds = [0.3, 0.5, 0.7, 0.9] as const;

export interface DenseClip {
  predicted: readonly DenseEvent[];
  /** One list for each annotator; empty: they have not described the clip. */
  references: readonly (readonly DenseEvent[])[];
}

export interface DenseScores {
  clips: number;
  sodaC: number;
  /** At each of {@link denseThresholds}, and their mean. */
  meteor: number[];
  cider: number[];
  meanMeteor: number;
  meanCider: number;
}

/** A word that no caption holds: what reaches no reference is compared with it. */
const nothing = '\u{F0000}';

/**
 * SODA_c, METEOR and CIDEr-D of dense captions. METEOR and CIDEr-D are those of each caption with each reference it
 * overlaps enough, computed clip by clip (rareness too) and then averaged, as the challenge's own program does; a caption
 * that reaches none counts as 0, and so does a clip without captions. SODA_c is averaged over clips, then over annotators.
 */
export function scoreDenseCaptions(clips: readonly DenseClip[], areSynonyms?: AreSynonyms): DenseScores {
  const each = clips.map((clip) => {
    const meteorOf = remembered(areSynonyms);
    return denseThresholds.map((threshold) => {
      const pairs = pairsOf(clip, threshold);
      return { meteor: mean(pairs.map(meteorOf)), cider: mean(ciderD(pairs)) };
    });
  });
  const meteors = denseThresholds.map((_, i) => mean(each.map((clip) => clip[i]?.meteor ?? 0)));
  const ciders = denseThresholds.map((_, i) => mean(each.map((clip) => clip[i]?.cider ?? 0)));
  const annotators = Math.max(0, ...clips.map(({ references }) => references.length));
  const sodas = Array.from({ length: annotators }, (_, set) =>
    mean(clips.flatMap(({ predicted, references }) => (references[set]?.length ? [sodaC(predicted, references[set], areSynonyms)] : []))),
  );
  return { clips: clips.length, sodaC: mean(sodas), meteor: meteors, cider: ciders, meanMeteor: mean(meteors), meanCider: mean(ciders) };
}

function pairsOf({ predicted, references }: DenseClip, threshold: number): CaptionPair[] {
  const all = references.flat();
  return predicted.flatMap(({ span, sentence }): CaptionPair[] => {
    const reached = all.filter((reference) => spanOverlap(span, reference.span) >= threshold);
    return reached.length > 0 ? reached.map((reference) => ({ hypothesis: sentence, references: [reference.sentence] })) : [{ hypothesis: sentence, references: [nothing] }];
  });
}

/** METEOR of pairs, each computed once: the thresholds have most of them in common. */
function remembered(areSynonyms: AreSynonyms | undefined): (pair: CaptionPair) => number {
  const known = new Map<string, number>();
  return ({ hypothesis, references }) => {
    const key = JSON.stringify([hypothesis, references]);
    const score = known.get(key) ?? meteor(hypothesis, references, areSynonyms);
    known.set(key, score);
    return score;
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
