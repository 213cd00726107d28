import type { CancellationToken } from '../../common/cancellation.js';
import type { Translate } from '../../common/translator.js';
import type { ReaderQuestions } from '../../longVideo/questionsOf.js';
import type { Chapter, FramePlan, Segment, SummaryProgress, SummarySource } from '../../protocol/index.js';
import type { ClipReader } from './clipReader.js';

/** One summary in the making. */
export interface SummaryRun {
  reader: ClipReader;
  half: SummarySource;
  questions: ReaderQuestions;
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
