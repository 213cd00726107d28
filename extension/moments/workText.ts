import type { ChatProgress, WorkStep } from '../../server/protocol/index.js';
import { stageText } from '../summaries/progressText.js';
import type { Translate } from '../translate.js';

/** What is being done for a skill; undefined for what is no news. */
export function workText(progress: ChatProgress | WorkStep, t: Translate): string | undefined {
  if (progress.kind !== 'step') {
    return stageText(progress, t);
  }
  const { what, done, total } = progress;
  const names: Record<WorkStep['what'], string> = { looking: t('looking through the clip'), captions: t('captions'), condensing: t('condensing'), writing: t('writing') };
  return total > 1 ? `${names[what]} ${Math.floor(done)}/${Math.ceil(total)}` : names[what];
}
