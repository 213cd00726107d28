import type { AnnotationItems, AnnotationList } from '../../../server/protocol/annotation.js';
import { decide } from '../../../server/protocol/reviewEdits.js';
import { texts } from '../texts.js';
import type { AnnotateSession } from './annotateSession.js';
import { isToReview, neighbour, selectedItems } from './selection.js';

/** Decides about what is selected, and goes on to the next item that waits for it. */
export function decideSelected(session: AnnotateSession, status: 'accepted' | 'rejected'): void {
  const { document, selection } = session;
  if (!document || selection.ids.length === 0) {
    return session.announce(texts().saidNoSegment);
  }
  const itemId = selection.ids.at(-1);
  const items: AnnotationItems[AnnotationList][] = selectedItems(document, selection.list, selection);
  const edits = items.flatMap((item) => decide(selection.list, item, status, session.hand));
  const { didAccept, didReject, saidAccepted, saidRejected } = texts();
  const done = session.edit(status === 'accepted' ? didAccept : didReject, edits);
  if (done) {
    session.announce(status === 'accepted' ? saidAccepted : saidRejected);
  }
  if (session.page?.review && itemId !== undefined && (done || edits.length === 0)) {
    session.request({ type: 'nextReview', ...(done ? { decided: { itemId, status } } : {}) });
  } else if (done) {
    goToUnreviewed(session, 1);
  }
}

/** The next item to review in this list, else in the others. */
export function goToUnreviewed(session: AnnotateSession, by: 1 | -1): void {
  const { document, selection } = session;
  if (!document) {
    return;
  }
  const lists = (['segments', 'questions', 'conversations'] as const).filter((list) => list !== selection.list);
  const here = neighbour(document, selection, by, session.controller.seconds, isToReview);
  if (here !== undefined) {
    return session.reveal(selection.list, here);
  }
  for (const list of [...lists, selection.list]) {
    const items: readonly AnnotationItems[AnnotationList][] = document[list];
    const item = by > 0 ? items.find(isToReview) : items.findLast(isToReview);
    if (item) {
      return session.reveal(list, item.id);
    }
  }
  session.announce(texts().saidNothingToReview);
}
