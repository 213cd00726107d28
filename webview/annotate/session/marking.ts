import { addSegment } from '../../../server/protocol/segmentEdits.js';
import { formatTime } from '../../chat/text/formatTime.js';
import { format } from '../../chat/strings.js';
import { texts } from '../texts.js';
import type { AnnotateSession } from './annotateSession.js';
import { trackOf } from './labels.js';

/** The end of the frame on the screen: what is marked up to here has this frame in it. */
export function endOfFrame(session: AnnotateSession): number {
  return session.clock.timeOf(session.controller.frame + 1);
}

export function markStart(session: AnnotateSession): void {
  const start = session.controller.seconds;
  const { end } = session.marks;
  session.marks = end !== undefined && end > start ? { start, end } : { start };
  session.announce(format(texts().saidMarkedIn, formatTime(start, 2)));
}

export function markEnd(session: AnnotateSession): void {
  const end = endOfFrame(session);
  const { start } = session.marks;
  session.marks = start !== undefined && start < end ? { start, end } : { end };
  session.announce(format(texts().saidMarkedOut, formatTime(end, 2)));
}

/** The part between the marks; with one mark only, up to or from the frame on the screen. */
export function markedSpan(session: AnnotateSession): { start: number; end: number } | undefined {
  const { start, end } = session.marks;
  if (start === undefined && end === undefined) {
    return undefined;
  }
  const span = { start: start ?? session.controller.seconds, end: end ?? endOfFrame(session) };
  return span.start < span.end ? span : undefined;
}

/** A new segment, selected; `label` may be empty. */
export function create(session: AnnotateSession, start: number, end: number, label: string | undefined, track = session.activeTrack, grid = session.grid): void {
  const id = session.newId();
  const { dataset } = session.page ?? {};
  const isImplied = !dataset?.tracks?.length && track === trackOf({}, dataset);
  const fields = { ...(isImplied ? {} : { track }), ...(label ? { label } : {}) };
  if (session.edit(texts().didAdd, addSegment(grid, { id, start, end, ...fields }, session.hand))) {
    session.select('segments', [id]);
    session.announce(format(texts().saidAdded, label ?? texts().noLabel));
  }
}

/** Begins an event, or ends it as a segment. Several may go on at once, one of each label. */
export function toggleEvent(session: AnnotateSession, label: string): void {
  const began = session.events.get(label);
  const events = new Map(session.events);
  if (began === undefined) {
    session.events = events.set(label, session.controller.seconds);
    return session.announce(format(texts().saidEventStarted, label || texts().segment));
  }
  events.delete(label);
  session.events = events;
  // Somebody who went back meanwhile means what lies between.
  const now = endOfFrame(session);
  create(session, Math.min(began, session.controller.seconds), Math.max(now, began), label || undefined);
}
