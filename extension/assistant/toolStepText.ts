import type { ToolStepName } from '../../server/client/stageNames.js';
import type { ToolStep } from '../../server/client/tools/tool.js';
import type { Translate } from '../translate.js';

/** What a tool is about, for the person who waits for it. */
export function toolStepText({ what, done, total }: ToolStep, t: Translate): string {
  const text = typeof what === 'object' ? what.text : nameOf(what, t);
  return done === undefined || total === undefined || total <= 1 ? text : t('{0}, {1}%', text, Math.min(100, Math.floor((100 * done) / total)));
}

function nameOf(what: ToolStepName, t: Translate): string {
  const names: Record<ToolStepName, string> = {
    queued: t('waiting'),
    loading: t('loading the model'),
    decoding: t('decoding'),
    encoding: t('encoding'),
    looking: t('looking through the clip'),
    prefill: t('reading'),
    generating: t('writing'),
    captions: t('captions'),
    condensing: t('condensing'),
    writing: t('writing'),
    shots: t('finding shots'),
    listening: t('listening'),
    words: t('listening for words'),
    comparing: t('comparing clips'),
  };
  return names[what];
}
