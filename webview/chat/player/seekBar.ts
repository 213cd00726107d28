import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { MediaSource } from '../../../server/protocol/media.js';
import type { Segment } from '../../../server/protocol/video.js';
import { PageElement } from '../elements/pageElement.js';
import { format, strings } from '../strings.js';
import { formatTime } from '../text/formatTime.js';
import { frameHeights, frameUrl } from './frameUrl.js';
import { seekTarget } from './seekKeys.js';
import { spanBetween } from './spans.js';

/** Pixels that tell a drag from a click. */
const dragPixels = 4;

/**
 * The bar below the picture: a click seeks, a drag chooses the part that the next question concerns, hovering shows
 * the frame. Fires `seek` with seconds in `detail`.
 */
@customElement('videochat-seek-bar')
export class SeekBar extends PageElement {
  @property({ attribute: false }) accessor duration = 0;
  @property({ attribute: false }) accessor value = 0;
  @property({ attribute: false }) accessor span: Segment | undefined;
  /** The stretch that plays and then stops. */
  @property({ attribute: false }) accessor range: Segment | undefined;
  @property({ attribute: false }) accessor media: MediaSource | undefined;
  @state() accessor hover: number | undefined;
  @state() accessor dragged: Segment | undefined;
  @query('.seek-track') accessor track!: HTMLElement;
  #pressed: { x: number; seconds: number } | undefined;

  override render(): TemplateResult {
    const texts = strings();
    const span = this.dragged ?? this.span;
    return html`
      <div
        class="seek-track"
        role="slider"
        tabindex="0"
        aria-label=${texts.seek}
        aria-valuemin="0"
        aria-valuemax=${this.duration.toFixed(1)}
        aria-valuenow=${this.value.toFixed(1)}
        aria-valuetext=${format(texts.seekValue, formatTime(this.value), formatTime(this.duration))}
        title=${texts.spanHint}
        @keydown=${this.#onKey}
        @pointerdown=${this.#onDown}
        @pointermove=${this.#onMove}
        @pointerup=${this.#onUp}
        @pointercancel=${this.#onCancel}
        @pointerleave=${() => (this.hover = undefined)}
      >
        <div class="seek-rail"></div>
        ${span ? html`<div class="seek-span" data-place="span"></div>` : nothing}
        ${this.range ? html`<div class="seek-range" data-place="range"></div>` : nothing}
        <div class="seek-done" data-place="done"></div>
        <div class="seek-thumb" data-place="thumb"></div>
      </div>
      ${this.#thumbnail()}
    `;
  }

  #thumbnail(): TemplateResult | typeof nothing {
    if (this.hover === undefined || !this.duration) {
      return nothing;
    }
    // A hundred places: hovering again finds the frames in the cache.
    const step = this.duration / 100;
    const shown = Math.min(this.duration, Math.round(this.hover / step) * step);
    return html`<div class="seek-preview" data-place="preview" aria-hidden="true">
      ${this.media
        ? html`<img alt="" src=${frameUrl(this.media, shown, frameHeights.strip)} @error=${this.#onImageError} @load=${this.#onImageLoad} />`
        : nothing}
      <span>${formatTime(this.hover)}</span>
    </div>`;
  }

  // Set from here and not in the template: the content policy refuses style attributes.
  protected override updated(_changed: PropertyValues): void {
    const percent = (seconds: number): string => `${this.duration > 0 ? (100 * Math.min(Math.max(seconds, 0), this.duration)) / this.duration : 0}%`;
    const place = (name: string, start: number, end?: number): void => {
      const element = this.querySelector<HTMLElement>(`[data-place="${name}"]`);
      element?.style.setProperty('--from', percent(start));
      if (end !== undefined) {
        element?.style.setProperty('--to', percent(end));
      }
    };
    const span = this.dragged ?? this.span;
    place('done', 0, this.value);
    place('thumb', this.value);
    place('preview', this.hover ?? 0);
    if (span) {
      place('span', span.startSeconds, span.endSeconds);
    }
    if (this.range) {
      place('range', this.range.startSeconds, this.range.endSeconds);
    }
  }

  #seek(seconds: number): void {
    this.dispatchEvent(new CustomEvent('seek', { detail: seconds }));
  }

  #secondsAt(event: PointerEvent): number {
    const box = this.track.getBoundingClientRect();
    const share = box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    return Math.min(1, Math.max(0, share)) * this.duration;
  }

  #onKey = (event: KeyboardEvent): void => {
    const to = seekTarget(event.key, event.shiftKey, this.value, this.duration);
    if (to !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      this.#seek(to);
    }
  };

  #onDown = (event: PointerEvent): void => {
    if (event.button === 0 && this.duration > 0) {
      this.#pressed = { x: event.clientX, seconds: this.#secondsAt(event) };
      this.track.setPointerCapture?.(event.pointerId);
    }
  };

  #onMove = (event: PointerEvent): void => {
    this.hover = this.#secondsAt(event);
    if (this.#pressed && (this.dragged || Math.abs(event.clientX - this.#pressed.x) >= dragPixels)) {
      this.dragged = spanBetween(this.#pressed.seconds, this.hover, this.duration);
    }
  };

  #onUp = (event: PointerEvent): void => {
    const pressed = this.#pressed;
    const dragged = this.dragged;
    this.#onCancel();
    if (!pressed) {
      return;
    }
    if (dragged) {
      this.emit({ type: 'span', span: dragged });
      this.#seek(dragged.startSeconds);
    } else if (Math.abs(event.clientX - pressed.x) < dragPixels) {
      this.#seek(pressed.seconds);
    }
  };

  #onCancel = (): void => {
    this.#pressed = undefined;
    this.dragged = undefined;
  };

  #onImageError = (event: Event): void => {
    (event.target as HTMLImageElement).hidden = true;
  };
  #onImageLoad = (event: Event): void => {
    (event.target as HTMLImageElement).hidden = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-seek-bar': SeekBar;
  }
}
