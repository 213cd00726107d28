import type { LocatedSpan } from '../../server/protocol/index.js';
import { clockTime } from '../chat/transcript.js';
import type { Translate } from '../translate.js';

/** A span as a person chooses it from a list. */
export interface MomentItem {
  label: string;
  description: string;
  detail: string;
  span: LocatedSpan;
}

/** The spans that were found, the likeliest first. */
export function momentItems(spans: readonly LocatedSpan[], t: Translate): MomentItem[] {
  return spans.map((span) => ({
    label: `$(play) ${clockTime(span.startSeconds)} – ${clockTime(span.endSeconds)}`,
    description: t('{0} % sure', Math.round(100 * span.confidence)),
    detail: span.reasons.join(' · ').replace(/\s+/g, ' ').slice(0, 300),
    span,
  }));
}
