import { html, nothing, type TemplateResult } from 'lit';
import type { PanelAction, PanelClip } from '../../../server/protocol/panel.js';
import { problemCard } from '../elements/problemCard.js';
import { progressRing } from '../elements/progressRing.js';
import { format, strings } from '../strings.js';

/** What stands in the place of the picture while there is none, or over it while a better one is made. */
export function playerOverlay(
  clip: PanelClip | undefined,
  progress: number | undefined,
  failed: boolean,
  served: boolean,
  act: (action: PanelAction) => void,
): TemplateResult | typeof nothing {
  const texts = strings();
  const problem = clip?.problem ?? clip?.unplayable;
  if (problem) {
    return html`<div class="overlay">${problemCard(problem, act)}</div>`;
  }
  if (progress !== undefined) {
    const percent = Math.round(progress * 100);
    return html`<div class="overlay ${clip?.media ? 'slim' : ''}">
      <p>${percent > 0 ? format(texts.preparingCopyPercent, percent) : texts.preparingCopy}</p>
      <progress max="100" .value=${percent} aria-label=${texts.preparingCopy}></progress>
    </div>`;
  }
  if (failed) {
    return html`<div class="overlay slim"><p>${texts.cannotPlay}</p></div>`;
  }
  if (clip?.media) {
    return nothing;
  }
  // Why there is no server is said at the top of the page.
  return html`<div class="overlay">
    ${served ? html`${progressRing()}<p>${texts.openingClip}</p>` : html`<i class="codicon codicon-device-camera-video" aria-hidden="true"></i>`}
  </div>`;
}
