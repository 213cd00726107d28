import { type AnnotatedSegment, fitSpan, phrase, type Provenance, tellsWords, type TimelineEvent, type TimelineTrack } from '../../../protocol/index.js';
import { cleanLine } from '../cleanAnswer.js';
import type { SuggestRun } from '../suggestRun.js';

/** Shots have a task of their own; stillness and movement are there in every clip. */
const usualTracks: readonly TimelineTrack[] = ['objects', 'text', 'speech', 'people'];
/** In the order of time; with more, nobody would look at all of them. */
const mostSegments = 2000;

/** A segment for each event that perception models notice in the clip. No model is asked in words. */
export async function suggestTimeline(run: SuggestRun): Promise<void> {
  const { stretch } = run;
  if (!stretch) {
    run.note(phrase`A picture has no segments.`);
    return;
  }
  run.step(0, 1, phrase`Looking through the clip`);
  const wanted = run.params.timelineTracks ?? usualTracks;
  const { events, tracks } = await run.findEvents(wanted);
  for (const { note } of tracks.filter(({ state }) => state === 'unavailable')) {
    run.note(note ?? phrase`Some tracks of the timeline are not available.`);
  }
  const inside = events.filter(({ startSeconds, endSeconds }) => startSeconds < stretch.end && endSeconds > stretch.start);
  for (const event of inside.slice(0, mostSegments)) {
    const from = Math.max(event.startSeconds, stretch.start);
    const span = fitSpan(run.grid, from, Math.min(event.endSeconds, stretch.end));
    run.add('segments', { ...span, track: run.params.track ?? event.track, ...words(event) }, provenance(run, event));
  }
  if (inside.length === 0) {
    run.note(phrase`Nothing was noticed.`);
  } else if (inside.length > mostSegments) {
    run.note(phrase`Of ${inside.length} events the first ${mostSegments} were taken.`);
  } else if (run.edits.length < inside.length) {
    run.note(phrase`Events that are there already were left out.`);
  }
}

/** Lines that are read or said are captions; all else is a label. */
function words(event: TimelineEvent): Pick<AnnotatedSegment, 'label' | 'caption'> {
  const { track, label } = event;
  const isLine = track === 'text' || tellsWords(event);
  return isLine ? { label: track, caption: cleanLine(label) } : { label: cleanLine(label) };
}

function provenance(run: SuggestRun, { source, confidence }: TimelineEvent): Provenance {
  // What is computed from pixels or read from a file is no model's, but nobody's hand either.
  const isModel = source !== 'frames' && source !== 'subtitles';
  return { ...run.by({ id: isModel ? source : `videochat-${source}` }), ...(isModel ? { confidence } : {}) };
}
