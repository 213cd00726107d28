import { inOrder } from '../../../common/inOrder.js';
import { phrase } from '../../../protocol/index.js';
import { cleanLine } from '../cleanAnswer.js';
import type { SuggestRun } from '../suggestRun.js';

/** Captions of segments that have none. */
export async function suggestCaptions(run: SuggestRun): Promise<void> {
  const segments = run.segments.filter(({ caption = '' }) => caption.trim() === '');
  const { interviewer } = run;
  const question = (await interviewer.questions()).caption;
  let silent = 0;
  let done = 0;
  const ask = async (segment: (typeof segments)[number]) => {
    const span = run.spanOf(segment);
    return { segment, said: span && (await interviewer.ask(question, span)) };
  };
  if (segments.length > 0) {
    run.step(done, segments.length, phrase`Captions`);
  }
  for await (const { segment, said } of inOrder(segments, interviewer.width, ask)) {
    if (++done < segments.length) {
      run.step(done, segments.length, phrase`Captions`);
    }
    const caption = said ? cleanLine(said.text) : '';
    if (said && caption !== '') {
      run.fill(segment, { caption }, said.model);
    } else {
      silent++;
    }
  }
  if (segments.length === 0) {
    run.note(phrase`There is no segment without a caption here.`);
  } else if (silent > 0) {
    run.note(phrase`${silent} of ${segments.length} segments lie outside the clip, or the model said nothing about them.`);
  }
}
