import type { StageLine } from '../state/pageState.js';
import { format, strings } from '../strings.js';

/** What the server does now, in a person's words. */
export function stageText({ stage, done, total }: StageLine): string {
  const texts = strings();
  switch (stage) {
    case 'queued':
      return texts.stageQueued;
    case 'loading':
      return done !== undefined && total ? format(texts.stageLoadingPercent, Math.round((100 * done) / total)) : texts.stageLoading;
    case 'decoding':
      return done !== undefined && total ? format(texts.stageDecodingOf, Math.min(done, total), total) : texts.stageDecoding;
    case 'encoding':
      return texts.stageEncoding;
    case 'looking':
      return done !== undefined && total ? format(texts.stageLookingOf, Math.min(done, total), total) : texts.stageLooking;
    case 'prefill':
      return texts.stageReading;
    case 'generating':
      return texts.stageAnswering;
  }
}
