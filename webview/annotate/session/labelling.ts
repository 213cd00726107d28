import { changeItem } from '../../../server/protocol/reviewEdits.js';
import { texts } from '../texts.js';
import type { AnnotateSession } from './annotateSession.js';
import { labelOfDigit } from './labels.js';
import { create, markedSpan, toggleEvent } from './marking.js';

/** What a digit does: makes a segment of what is marked, begins or ends an event while playing, or labels what is selected. */
export function useDigit(session: AnnotateSession, digit: number): void {
  const rule = labelOfDigit(digit, session.activeTrack, session.page?.dataset);
  if (rule) {
    useLabel(session, rule.name);
  } else {
    session.announce(texts().saidNoLabel);
  }
}

export function useLabel(session: AnnotateSession, label: string): void {
  const marked = markedSpan(session);
  if (marked) {
    session.lastLabel = label;
    session.marks = {};
    create(session, marked.start, marked.end, label);
  } else if (session.events.has(label) || session.controller.playing) {
    session.lastLabel = label;
    toggleEvent(session, label);
  } else if (session.segments.length > 0) {
    setLabel(session, label);
  } else {
    session.announce(texts().saidNoSegment);
  }
}

export function setLabel(session: AnnotateSession, label: string | null): void {
  session.lastLabel = label ?? session.lastLabel;
  session.edit(texts().didLabel, session.segments.flatMap((segment) => changeItem('segments', segment, { label }, session.hand)));
}

/**
 * While a key is held an event goes on, and its release ends it. The editor tells of keys that go down, again and again
 * while they are held, but not of those that go up: the page listens for that itself.
 */
export function holdLabel(session: AnnotateSession, window: Window): void {
  const label = session.lastLabel ?? '';
  if (session.events.has(label)) {
    return;
  }
  toggleEvent(session, label);
  const release = (): void => {
    window.removeEventListener('keyup', release);
    window.removeEventListener('blur', release);
    if (session.events.has(label)) {
      toggleEvent(session, label);
    }
  };
  window.addEventListener('keyup', release);
  window.addEventListener('blur', release);
}
