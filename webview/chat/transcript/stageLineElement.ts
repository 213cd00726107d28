import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { PageElement } from '../elements/pageElement.js';
import { progressRing } from '../elements/progressRing.js';
import type { StageLine } from '../state/pageState.js';
import { format, strings } from '../strings.js';
import { stageText } from './stageText.js';

/** The single line that says what happens before and while an answer comes, with the time it has taken. */
@customElement('videochat-stage-line')
export class StageLineElement extends PageElement {
  @property({ attribute: false }) accessor stage: StageLine | undefined;
  @state() accessor seconds = 0;
  #since = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#since = performance.now();
    this.#timer = setInterval(() => (this.seconds = Math.floor((performance.now() - this.#since) / 1000)), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    return html`<div class="stage-line">
      ${progressRing()}
      <span>${this.stage ? stageText(this.stage) : strings().stageStarting}</span>
      ${this.seconds > 0 ? html`<span class="elapsed">${format(strings().elapsed, this.seconds)}</span>` : nothing}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-stage-line': StageLineElement;
  }
}
