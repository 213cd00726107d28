import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { MediaSource } from '../../../server/protocol/media.js';
import type { FramePlan } from '../../../server/protocol/video.js';
import { PageElement } from '../elements/pageElement.js';
import { imageLoaded, retryImage } from '../elements/retryImage.js';
import { frameHeights, frameUrl } from '../player/frameUrl.js';
import { format, strings } from '../strings.js';
import { frameTime, shortTime } from '../text/formatTime.js';
import { isOfPicture } from './isOfPicture.js';

let numbers = 0;

/** The frames an answer rests on: choose one to go there, hover to see more of it. One stop of the Tab key. */
@customElement('videochat-evidence')
export class Evidence extends PageElement {
  @property({ attribute: false }) accessor plan: FramePlan | undefined;
  @property({ attribute: false }) accessor media: MediaSource | undefined;
  /** The clip that the frames are of, and its name where there are several. */
  @property({ attribute: false }) accessor clipId: string | undefined;
  @property({ attribute: false }) accessor name: string | undefined;
  /** The turn before looked at the same frames: they are shown when asked for. */
  @property({ attribute: false }) accessor repeated = false;
  @state() accessor open: boolean | undefined;
  @state() accessor current = 0;
  @state() accessor enlarged: number | undefined;
  @query('.frame-preview') accessor preview!: HTMLElement | null;
  readonly #id = `frames-${++numbers}`;

  get #seconds(): number[] {
    // Short clips repeat frames to fill the plan.
    return [...new Set(this.plan?.seconds ?? [])];
  }

  override render(): TemplateResult | typeof nothing {
    const seconds = this.#seconds;
    if (!this.plan || seconds.length === 0 || isOfPicture(this.plan)) {
      return nothing;
    }
    const texts = strings();
    const open = this.open ?? !this.repeated;
    const count = seconds.length === 1 ? texts.oneFrame : format(texts.frames, seconds.length);
    const times = seconds.slice(0, 3).map((second) => frameTime(second)).join('  ');
    return html`
      <div class="evidence">
        <button
          type="button"
          class="evidence-head"
          aria-expanded=${open ? 'true' : 'false'}
          aria-controls=${this.#id}
          title=${this.plan.reason}
          @click=${() => (this.open = !open)}
        >
          <i class="codicon codicon-chevron-${open ? 'down' : 'right'}" aria-hidden="true"></i>
          ${this.name === undefined ? nothing : html`<span class="clip-name">${this.name}</span>`}
          <span>${count}</span>
          ${this.repeated && !open
            ? html`<span class="quiet">${texts.earlierFrames}</span>`
            : open
              ? nothing
              : html`<span class="quiet">${times}${seconds.length > 3 ? ' …' : ''}</span>`}
        </button>
        <div id=${this.#id} class="frames" role="group" aria-label=${this.name === undefined ? texts.framesLookedAt : `${texts.framesLookedAt}: ${this.name}`} ?hidden=${!open} @keydown=${this.#onKey}>
          ${open ? seconds.map((second, index) => this.#frame(second, index)) : nothing}
        </div>
        ${this.enlarged !== undefined && this.media
          ? html`<div class="frame-preview" popover="manual" aria-hidden="true">
              <img alt="" src=${frameUrl(this.media, this.enlarged, frameHeights.preview)} @load=${this.#place} /><span>${frameTime(this.enlarged)}</span>
            </div>`
          : nothing}
      </div>
    `;
  }

  #frame(second: number, index: number): TemplateResult {
    const name = format(strings().frameAt, frameTime(second));
    const show = (): void => void (this.enlarged = second);
    const hide = (): void => void (this.enlarged = undefined);
    return html`<button
      type="button"
      class="frame"
      aria-label=${name}
      tabindex=${index === Math.min(this.current, this.#seconds.length - 1) ? 0 : -1}
      @click=${() => this.emit({ type: 'goTo', startSeconds: second, ...(this.clipId === undefined ? {} : { clipId: this.clipId }) })}
      @pointerenter=${show}
      @pointerleave=${hide}
      @focus=${() => {
        this.current = index;
        this.enlarged = second;
      }}
      @blur=${hide}
    >
      ${this.media
        ? html`<img alt="" loading="lazy" decoding="async" src=${frameUrl(this.media, second, frameHeights.strip)} @error=${retryImage} @load=${imageLoaded} />`
        : nothing}
      <span>${shortTime(second)}</span>
    </button>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('enlarged')) {
      this.preview?.showPopover?.();
      this.#place();
    }
  }

  /** Above the frame it enlarges, inside the page. */
  #place = (): void => {
    const { preview } = this;
    const index = this.#seconds.indexOf(this.enlarged ?? -1);
    const frame = this.querySelectorAll<HTMLElement>('.frame')[index];
    if (!preview || !frame) {
      return;
    }
    const from = frame.getBoundingClientRect();
    const size = preview.getBoundingClientRect();
    const left = from.left + from.width / 2 - size.width / 2;
    const above = from.top - size.height - 4;
    preview.style.setProperty('left', `${Math.max(4, Math.min(left, document.documentElement.clientWidth - size.width - 4))}px`);
    preview.style.setProperty('top', `${above >= 4 ? above : from.bottom + 4}px`);
  };

  #onKey = (event: KeyboardEvent): void => {
    const last = this.#seconds.length - 1;
    const targets: Record<string, number> = {
      ArrowLeft: Math.max(0, this.current - 1),
      ArrowRight: Math.min(last, this.current + 1),
      Home: 0,
      End: last,
    };
    const to = targets[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.querySelectorAll<HTMLElement>('.frame')[to]?.focus();
    } else if (event.key === 'Escape' && this.enlarged !== undefined) {
      event.stopPropagation();
      this.enlarged = undefined;
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-evidence': Evidence;
  }
}
