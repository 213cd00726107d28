import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type AnnotatedSegment, statusOf } from '../../../server/protocol/annotation.js';
import { format } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import { statusName } from '../elements/statusMark.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { trackOf } from '../session/labels.js';
import { inOrder } from '../session/selection.js';
import { texts } from '../texts.js';

/** How a segment is read out. */
export function segmentName(segment: AnnotatedSegment, session: AnnotateSession): string {
  const { label, start, end, caption } = segment;
  const names = texts();
  const track = trackOf(segment, session.page?.dataset);
  return format(names.segmentName, label ?? names.noLabel, formatTime(start, 2), formatTime(end, 2), track, statusName(statusOf(segment)), caption || names.noCaption);
}

/** The canvas for those who do not see it: the selected segments, and the ones beside the last. */
export function segmentOptions(session: AnnotateSession): TemplateResult | typeof nothing {
  if (!session.document) {
    return nothing;
  }
  const all = inOrder(session.document, 'segments');
  const selected = new Set(session.selection.list === 'segments' ? session.selection.ids : []);
  const last = session.segment?.id;
  const at = all.findIndex(({ id }) => id === last);
  const near = all.flatMap((segment, index) => (selected.has(segment.id) || (at < 0 ? index === 0 : Math.abs(index - at) <= 1) ? [{ segment, index }] : []));
  return html`<div class="visually-hidden" role="presentation">
    ${repeat(
      near.slice(0, 100),
      ({ segment }) => segment.id,
      ({ segment, index }) =>
        html`<div role="option" id="timeline-${segment.id}" aria-selected=${selected.has(segment.id) ? 'true' : 'false'} aria-posinset=${index + 1} aria-setsize=${all.length}>
          ${segmentName(segment, session)}
        </div>`,
    )}
  </div>`;
}
