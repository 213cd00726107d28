import type { AnnotatePageMessage } from '../../../server/protocol/annotatePanel.js';

export type FocusPlace = Extract<AnnotatePageMessage, { type: 'focus' }>['place'];

/**
 * What has the focus. `text` is wherever letters go; buttons and the like are `other`, for Enter and Space are theirs;
 * with nothing focused keys go to the timeline.
 */
export function focusPlace(active: Element | null, body: Element): FocusPlace {
  if (!active || active === body) {
    return 'timeline';
  }
  if (active.matches('textarea, select, [contenteditable], input:not([type="range"]):not([type="radio"]):not([type="checkbox"])')) {
    return 'text';
  }
  if (active.matches('.item-list')) {
    return 'list';
  }
  return active.matches('.tracks, .ruler') ? 'timeline' : 'other';
}
