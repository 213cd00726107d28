import { html, nothing, type TemplateResult } from 'lit';
import { Limits } from '../../../server/protocol/limits.js';
import type { PanelState } from '../../../server/protocol/panel.js';
import { format, strings } from '../strings.js';

const choices = [1, 2, 4, 8, 16, 32, 64].filter((frames) => frames <= Limits.framesPerPlan);

/** How many frames the model's own plan takes, where it says a number. */
export function plannedFrames(plan: string | undefined): number | undefined {
  const match = /^(?:videochat|middle):(\d+)$/.exec(plan ?? '');
  return match ? Number(match[1]) : undefined;
}

/** How many frames the next questions look at. */
export function framesSelect(panel: PanelState, choose: (frames: number | null) => void): TemplateResult | typeof nothing {
  if (!panel.model || panel.clips.every((clip) => clip.facts?.kind === 'image')) {
    return nothing;
  }
  const texts = strings();
  const own = plannedFrames(panel.model.plan);
  const numbers = panel.frames === undefined || choices.includes(panel.frames) ? choices : [...choices, panel.frames].sort((a, b) => a - b);
  return html`<select
    class="frames-select"
    title=${texts.framesPerQuestion}
    aria-label=${texts.framesPerQuestion}
    @change=${(event: Event) => {
      const value = (event.target as HTMLSelectElement).value;
      choose(value === '' ? null : Number(value));
    }}
  >
    <option value="" .selected=${panel.frames === undefined}>${own === undefined ? texts.framesDefault : format(texts.framesAuto, own)}</option>
    ${numbers.map(
      (frames) =>
        html`<option value=${frames} .selected=${panel.frames === frames}>${frames === 1 ? texts.oneFrame : format(texts.frames, frames)}</option>`,
    )}
  </select>`;
}
