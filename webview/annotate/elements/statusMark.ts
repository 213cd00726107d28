import { html, type TemplateResult } from 'lit';
import type { AnnotationStatus } from '../../../server/protocol/annotation.js';
import { texts } from '../texts.js';

type Status = AnnotationStatus | 'own';

export function statusName(status: Status): string {
  const { statusOwn: own, statusSuggested: suggested, statusAccepted: accepted, statusEdited: edited, statusRejected: rejected } = texts();
  return { own, suggested, accepted, edited, rejected }[status];
}

const icons: Record<Status, string> = { own: 'person', suggested: 'sparkle', accepted: 'check', edited: 'edit', rejected: 'circle-slash' };

/** Each status has a shape of its own, and its name as a tooltip. */
export function statusMark(status: Status): TemplateResult {
  return html`<i class="codicon codicon-${icons[status]} status-${status}" role="img" aria-label=${statusName(status)} title=${statusName(status)}></i>`;
}
