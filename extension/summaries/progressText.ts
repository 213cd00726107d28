import type { ChatProgress, WorkStep } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** What a stage of an answer or a step of a longer work is called; undefined for what is no news. */
export function stageText(progress: ChatProgress | WorkStep | { kind: 'draft' | 'lines' }, t: Translate): string | undefined {
  if (progress.kind === 'step') {
    const { what, done, total } = progress;
    const name = { looking: t('looking through the clip'), captions: t('captions'), condensing: t('condensing'), writing: t('writing') }[what];
    return total > 1 ? `${name} ${Math.floor(done)}/${Math.ceil(total)}` : name;
  }
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
    case 'looking':
      return counted(t('looking through the clip'));
    case 'prefill':
      return t('reading');
    case 'generating':
      return t('writing');
  }
}
