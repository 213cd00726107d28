import type { ChatProgress } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** What a stage of an answer is called; undefined for what is no news. */
export function stageText(progress: ChatProgress, t: Translate): string | undefined {
  if (progress.kind !== 'stage') {
    return undefined;
  }
  const { stage, done, total } = progress;
  const counted = (text: string): string => (done !== undefined && total ? `${text} ${done}/${total}` : text);
  switch (stage) {
    case 'queued':
      return t('waiting');
    case 'loading':
      return counted(t('loading the model'));
    case 'decoding':
      return counted(t('decoding'));
    case 'encoding':
      return t('encoding');
    case 'prefill':
      return t('reading');
    case 'generating':
      return t('writing');
  }
}
