import { html, nothing, type TemplateResult } from 'lit';
import type { AnnotatedSegment } from '../../../server/protocol/annotation.js';
import { setTimes } from '../../../server/protocol/segmentEdits.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { setLabel } from '../session/labelling.js';
import { labelKeys, labelsOfTrack, trackOf, tracksOf } from '../session/labels.js';
import { texts } from '../texts.js';
import { attributeFields } from './attributeFields.js';
import { lineField, textField } from './fields.js';
import { labelLegend } from './labelLegend.js';
import { detailHead, provenanceLine, reviewButtons } from './provenanceLine.js';
import { exactTime, parseTime } from './timeText.js';

/** The selected segment, in full. */
export function segmentDetail(session: AnnotateSession): TemplateResult {
  const { segment, segments } = session;
  const names = texts();
  if (!segment) {
    return html`<div class="detail empty-detail"><p>${names.nothingSelected}</p>${session.canEdit && !session.isPicture ? html`<p class="quiet">${names.nothingSelectedHint}</p>` : nothing}${labelLegend(session)}</div>`;
  }
  const disabled = !session.canEdit;
  return html`<section class="detail" aria-label=${names.segment}>
    ${detailHead(session, segments.length > 1 ? format(names.severalSelected, segments.length) : names.segment, segment, session.isPicture ? nothing : iconButton('target', names.goThere, () => session.reveal('segments', segment.id)))}
    <div class="field-row">${labelSelect(session, segment, disabled)} ${trackSelect(session, segment, disabled)}</div>
    ${times(session, segment, disabled || session.isPicture)}
    ${textField({
      label: names.caption,
      key: `${segment.id}/caption`,
      value: segment.caption ?? '',
      disabled,
      placeholder: names.captionHint,
      rows: 3,
      className: 'caption',
      commit: (text) => session.change(names.didCaption, 'segments', segment.id, { caption: text === '' ? null : text }),
      done: () => session.view?.focus('timeline'),
    })}
    ${attributeFields(session, segment, disabled)} ${provenanceLine(segment.provenance)} ${reviewButtons(session, segment)}
  </section>`;
}

function labelSelect(session: AnnotateSession, segment: AnnotatedSegment, disabled: boolean): TemplateResult {
  const names = texts();
  const dataset = session.page?.dataset;
  const track = trackOf(segment, dataset);
  const rules = labelsOfTrack(track, dataset);
  const keys = new Map([...labelKeys(track, dataset)].map(([key, rule]) => [rule.name, key]));
  if (rules.length === 0) {
    return html`<label class="field">
      <span>${names.label}</span>
      ${lineField({ label: names.label, key: `${segment.id}/label`, value: segment.label ?? '', disabled, commit: (text) => setLabel(session, text.trim() || null) })}
    </label>`;
  }
  const known = rules.some(({ name }) => name === segment.label);
  return html`<label class="field">
    <span>${names.label}</span>
    <select class="boxed" aria-label=${names.label} ?disabled=${disabled} @change=${(event: Event) => setLabel(session, (event.target as HTMLSelectElement).value || null)}>
      <option value="" .selected=${segment.label === undefined}>${names.noLabel}</option>
      ${segment.label !== undefined && !known ? html`<option value=${segment.label} .selected=${true}>${segment.label}</option>` : nothing}
      ${rules.map(({ name }) => {
        const key = keys.get(name);
        return html`<option value=${name} .selected=${name === segment.label}>${key === undefined ? name : `${name}  (${key})`}</option>`;
      })}
    </select>
  </label>`;
}

function trackSelect(session: AnnotateSession, segment: AnnotatedSegment, disabled: boolean): TemplateResult | typeof nothing {
  const names = texts();
  const dataset = session.page?.dataset;
  const tracks = tracksOf(session.document?.segments ?? [], dataset);
  if (tracks.length < 2) {
    return nothing;
  }
  const change = (event: Event): void => void session.change(names.didTrack, 'segments', segment.id, { track: (event.target as HTMLSelectElement).value });
  return html`<label class="field">
    <span>${names.track}</span>
    <select class="boxed" aria-label=${names.track} ?disabled=${disabled} @change=${change}>
      ${tracks.map(({ id, title }) => html`<option value=${id} .selected=${id === trackOf(segment, dataset)}>${title ?? id}</option>`)}
    </select>
  </label>`;
}

function times(session: AnnotateSession, segment: AnnotatedSegment, disabled: boolean): TemplateResult {
  const names = texts();
  const { clock } = session;
  const set = (start: number | undefined, end: number | undefined): void => {
    if (start === undefined || end === undefined || !(start >= 0) || !(end >= 0)) {
      session.announce(names.badTime);
      return;
    }
    const now = session.document?.segments.find(({ id }) => id === segment.id);
    if (now) {
      session.edit(names.didTimes, setTimes(session.grid, now, start, end, session.hand));
    }
  };
  const frame = (text: string): number | undefined => (/^\d+$/.test(text.trim()) ? clock.timeOf(Math.min(clock.lastFrame + 1, Number(text))) : undefined);
  const field = (label: string, value: string, className: string, take: (text: string) => void): TemplateResult =>
    lineField({ label, key: `${segment.id}/${label}`, value, disabled, className, commit: take });
  const endFrame = clock.isExact && segment.end >= clock.durationSeconds - 1e-6 ? clock.lastFrame + 1 : clock.frameAt(segment.end);
  return html`<div class="times">
    ${field(names.start, exactTime(segment.start), 'time-field', (text) => set(parseTime(text), segment.end))}
    <span aria-hidden="true">→</span>
    ${field(names.end, exactTime(segment.end), 'time-field', (text) => set(segment.start, parseTime(text)))}
    ${clock.isExact
      ? html`<span class="frames-of quiet"
          >f ${field(names.startFrame, String(clock.frameAt(segment.start)), 'frame-field', (text) => set(frame(text), segment.end))} →
          ${field(names.endFrame, String(endFrame), 'frame-field', (text) => set(segment.start, frame(text)))}</span
        >`
      : nothing}
    <span class="quiet length">${formatTime(segment.end - segment.start, 2)}</span>
  </div>`;
}
