import { html, nothing, type TemplateResult } from 'lit';
import { type AnswersFrom, answersFromChoices } from '../../../server/protocol/answersFrom.js';
import type { PanelState } from '../../../server/protocol/panel.js';
import { strings } from '../strings.js';
import { halfNames } from '../text/halfNames.js';

/** What the next answers are made from, where the model leaves a choice. */
export function answersFromSelect({ model, answersFrom = 'auto' }: PanelState, choose: (value: AnswersFrom) => void): TemplateResult | typeof nothing {
  const { halves = [] } = model ?? {};
  if (halves.length < 2) {
    return nothing;
  }
  const texts = strings();
  // A choice of before that this model does not offer stays in view: it is refused with a reason.
  const offered = answersFromChoices.filter((choice) => choice === 'auto' || choice === answersFrom || halves.includes(choice));
  return html`<select
    class="answers-from-select"
    title=${texts.answersFrom}
    aria-label=${texts.answersFrom}
    @change=${(event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const chosen = answersFromChoices.find((choice) => choice === value);
      if (chosen) {
        choose(chosen);
      }
    }}
  >
    ${offered.map((choice) => html`<option value=${choice} .selected=${choice === answersFrom}>${choice === 'auto' ? texts.answersFromAuto : halfNames()[choice]}</option>`)}
  </select>`;
}
