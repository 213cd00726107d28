import type { CancellationToken } from '../../common/cancellation.js';
import type { Translate } from '../../common/translator.js';
import type { ClipReader } from '../../longVideo/clipReader.js';
import type { Manifest } from '../../models/manifest.js';
import type { Chapter, FramePlan, Segment, SummaryProgress, SummarySource, VideoFacts } from '../../protocol/index.js';

/** One summary in the making. */
export interface SummaryRun {
  reader: ClipReader;
  manifest: Manifest;
  facts: VideoFacts;
  half: SummarySource;
  /** Left out: the whole. */
  part?: Segment;
  translate: Translate;
  token: CancellationToken;
  progress(value: SummaryProgress): void;
}

/** What was told, and by what. */
export interface ToldSummary {
  text: string;
  plan: FramePlan;
  chapters?: Chapter[];
}
