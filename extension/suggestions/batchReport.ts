import { relative, sep } from 'node:path';
import type { AnnotateBatchResult } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/** How a batch went, in one sentence. */
export function describeBatch({ clips, done, skipped }: AnnotateBatchResult, t: Translate): string {
  const failed = clips - done - skipped;
  const parts = [
    t('{0} clips annotated', done),
    ...(skipped > 0 ? [t('{0} were done before', skipped)] : []),
    ...(failed > 0 ? [t('{0} failed', failed)] : []),
  ];
  return t('Suggestions are done: {0}.', parts.join(', '));
}

/** The clips that failed, and why, as Markdown. Names and messages may come from anywhere: nothing in them is markup. */
export function failureReport({ clips, done, skipped, failed }: AnnotateBatchResult, folder: string, t: Translate): string {
  const more = clips - done - skipped - failed.length;
  const lines = failed.map(({ videoPath, message }) => `- **${escapeText(relative(folder, videoPath).split(sep).join('/'))}**: ${escapeText(message)}`);
  return [
    `# ${t('Clips without suggestions')}`,
    '',
    t('Run the command again to try these clips once more. The others are not done twice.'),
    '',
    ...lines,
    ...(more > 0 ? ['', t('… and {0} more', more)] : []),
    '',
  ].join('\n');
}

function escapeText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');
}
