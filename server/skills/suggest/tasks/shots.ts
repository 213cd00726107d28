import { phrase } from '../../../protocol/index.js';
import { cutShots } from '../cutWindows.js';
import type { SuggestRun } from '../suggestRun.js';

/** What finds shots, as provenance names it: no model, but nobody's hand either. */
const finder = { id: 'videochat-shots' };

/** A segment for each shot. */
export async function suggestShots(run: SuggestRun): Promise<void> {
  const { stretch } = run;
  if (!stretch) {
    run.note(phrase`A picture has no segments.`);
    return;
  }
  run.step(0, 1, phrase`Looking for shots`);
  const shots = await run.findShots();
  const spans = cutShots(run.grid, stretch, shots);
  const track = run.params.track === undefined ? {} : { track: run.params.track };
  for (const span of spans) {
    run.add('segments', { ...span, ...track }, run.by(finder));
  }
  if (spans.length === 1) {
    run.note(phrase`There is no cut: this is one shot.`);
  } else if (run.edits.length < spans.length) {
    run.note(phrase`Shots that are there already were left out.`);
  }
}
