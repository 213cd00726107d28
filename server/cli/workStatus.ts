import { stepNames } from '../client/stageNames.js';
import type { NarrationProgress, SummaryProgress } from '../protocol/index.js';
import { stageText } from './askQuestion.js';
import type { StatusLine } from './statusLine.js';
import { note, type Terminal } from './terminal.js';

/** Shows how far a work in several steps is; a first answer is told at once. */
export function showWork(terminal: Terminal, status: StatusLine, progress: SummaryProgress | NarrationProgress): void {
  switch (progress.kind) {
    case 'stage':
      status.show(...stageText(progress));
      break;
    case 'step': {
      const { what, done, total } = progress;
      status.show(stepNames[what], total > 1 ? ` ${Math.floor(done)}/${Math.ceil(total)}` : '');
      break;
    }
    case 'draft':
      status.clear();
      note(terminal, `After ${progress.windows} of ${progress.total} windows: ${progress.text}`, 'dim');
      break;
    case 'plan':
    case 'delta':
    case 'lines':
      break;
  }
}
