import { inOrder } from '../../../common/inOrder.js';
import { type AnnotatedSpan, phrase } from '../../../protocol/index.js';
import { cleanLine, sameText } from '../cleanAnswer.js';
import { cutWindows } from '../cutWindows.js';
import type { Said } from '../interviewer.js';
import type { SuggestRun } from '../suggestRun.js';

export interface CaptionedSpan extends AnnotatedSpan {
  caption: string;
  model: Said['model'];
}

/** Segments with captions, one after the other, over the clip or a span of it. */
export async function suggestDenseCaptions(run: SuggestRun): Promise<void> {
  const { stretch } = run;
  if (!stretch) {
    run.note(phrase`A picture has no segments.`);
    return;
  }
  const track = run.params.track === undefined ? {} : { track: run.params.track };
  const before = run.edits.length;
  for await (const { start, end, caption, model } of captionWindows(run, stretch)) {
    run.add('segments', { start, end, ...track, caption }, run.by(model));
  }
  if (run.edits.length === before) {
    run.note(phrase`Nothing new: the model said nothing, or nothing that is not there already.`);
  }
}

/** Captions of windows over a stretch; neighbours that say the same are one. */
export async function* captionWindows(run: SuggestRun, stretch: AnnotatedSpan): AsyncIterable<CaptionedSpan> {
  run.step(0, 1, phrase`Looking for shots`);
  const windows = cutWindows(run.grid, stretch, await run.findShots());
  const { interviewer } = run;
  const question = (await interviewer.questions()).caption;
  let open: CaptionedSpan | undefined;
  let done = 0;
  const ask = async (window: AnnotatedSpan): Promise<{ window: AnnotatedSpan; said: Said }> => ({ window, said: await interviewer.ask(question, window) });
  if (windows.length > 0) {
    run.step(done, windows.length, phrase`Captions`);
  }
  for await (const { window, said: { text, model } } of inOrder(windows, interviewer.width, ask)) {
    if (++done < windows.length) {
      run.step(done, windows.length, phrase`Captions`);
    }
    const caption = cleanLine(text);
    if (open && sameText(open.caption, caption)) {
      open.end = window.end;
      continue;
    }
    if (open) {
      yield open;
    }
    open = caption === '' ? undefined : { ...window, caption, model };
    if (!open) {
      run.note(phrase`The model said nothing about ${window.start}–${window.end} s.`);
    }
  }
  if (open) {
    yield open;
  }
}
