import { html, nothing, type TemplateResult } from 'lit';
import { cssVars } from '../elements/cssVars.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { useLabel } from '../session/labelling.js';
import { labelKeys, labelsOfTrack } from '../session/labels.js';
import { texts } from '../texts.js';
import { labelColor, readPalette } from '../timeline/palette.js';

/** More are found in the label's own list. */
const most = 40;

/** The labels of the track with their digits: each does for the pointer what its digit does for the keyboard. */
export function labelLegend(session: AnnotateSession): TemplateResult | typeof nothing {
  const dataset = session.page?.dataset;
  const rules = labelsOfTrack(session.activeTrack, dataset);
  if (!session.canEdit || session.isPicture || rules.length === 0) {
    return nothing;
  }
  const names = texts();
  const palette = readPalette(document.body);
  const keys = new Map([...labelKeys(session.activeTrack, dataset)].map(([key, { name }]) => [name, key]));
  const keepFocus = (event: Event): void => event.preventDefault();
  return html`<div class="legend" role="group" aria-label=${names.labels} @mousedown=${keepFocus}>
    ${rules.slice(0, most).map(({ name, color }) => {
      const key = keys.get(name);
      return html`<button type="button" class="legend-label" title=${names.labelsHint} ${cssVars({ '--label': labelColor(name, color, palette) })} @click=${() => useLabel(session, name)}>
        ${key === undefined ? nothing : html`<kbd>${key}</kbd>`}<span>${name}</span>
      </button>`;
    })}
  </div>`;
}
