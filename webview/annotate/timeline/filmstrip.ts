import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AnnotateClip } from '../../../server/protocol/annotatePanel.js';
import { imageLoaded, retryImage } from '../../chat/elements/retryImage.js';
import { frameHeights, frameUrl } from '../../chat/player/frameUrl.js';
import { sizes } from './rows.js';
import { secondsAt, type TimeScale, xOf } from './timeScale.js';

/** More pictures than these are in no view. */
const most = 200;
/** While somebody scrolls, no pictures are asked for. */
const waitMs = 120;

/** The row of pictures above the tracks, at round times, so that scrolling finds them again in the cache. */
export class Filmstrip {
  readonly #changed: () => void;
  #times: number[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed called when other pictures are to be drawn */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  render({ media, facts }: Partial<AnnotateClip>): TemplateResult | typeof nothing {
    if (!media || facts?.kind === 'image') {
      return nothing;
    }
    return html`<div class="thumbs" aria-hidden="true">
      ${repeat(
        this.#times,
        (time) => time,
        (time) => html`<img alt="" src=${frameUrl(media, time, frameHeights.strip)} data-time=${time} @error=${retryImage} @load=${imageLoaded} />`,
      )}
    </div>`;
  }

  /** Puts the pictures where they belong now, and chooses others where the view has changed. */
  place(root: HTMLElement, { media, facts }: Partial<AnnotateClip>, scale: TimeScale, width: number, duration: number): void {
    if (!media || !facts) {
      return;
    }
    const least = ((facts.width / Math.max(1, facts.height)) * sizes.thumbs) / scale.pixelsPerSecond;
    const step = 2 ** Math.ceil(Math.log2(Math.max(least, 1e-3)));
    root.style.setProperty('--thumb', `${step * scale.pixelsPerSecond}px`);
    for (const image of root.querySelectorAll<HTMLElement>('.thumbs img')) {
      image.style.setProperty('--left', `${xOf(scale, Number(image.dataset['time']))}px`);
    }
    const times: number[] = [];
    for (let index = Math.floor(scale.start / step); index * step < Math.min(duration, secondsAt(scale, width)) && times.length < most; index++) {
      times.push(index * step);
    }
    if (times.join() !== this.#times.join()) {
      clearTimeout(this.#timer);
      const show = (): void => {
        this.#times = times;
        this.#changed();
      };
      this.#timer = setTimeout(show, this.#times.length === 0 ? 0 : waitMs);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
