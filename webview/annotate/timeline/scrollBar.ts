import { html, type TemplateResult } from 'lit';
import { texts } from '../texts.js';
import type { TimeScale } from './timeScale.js';

/** @param scrollTo takes the share of the clip, 0…1, that shall be in the middle of the view */
export function scrollBar(scrollTo: (share: number) => void): TemplateResult {
  const onPointer = (event: PointerEvent): void => {
    const bar = event.currentTarget as HTMLElement;
    if (event.buttons === 1) {
      bar.setPointerCapture(event.pointerId);
      const box = bar.getBoundingClientRect();
      scrollTo((event.clientX - box.left) / Math.max(1, box.width));
    }
  };
  return html`<div
    class="timeline-bar"
    role="scrollbar"
    aria-orientation="horizontal"
    aria-label=${texts().visiblePart}
    aria-controls="tracks"
    aria-valuemin="0"
    aria-valuemax="100"
    @pointerdown=${onPointer}
    @pointermove=${onPointer}
  >
    <div></div>
  </div>`;
}

/** Shows which part of the clip is in view. */
export function placeScrollBar(bar: HTMLElement | null, { start, pixelsPerSecond }: TimeScale, width: number, duration: number): void {
  const shown = Math.min(1, width / pixelsPerSecond / duration);
  bar?.style.setProperty('--from', `${(100 * start) / duration}%`);
  bar?.style.setProperty('--share', `${100 * shown}%`);
  bar?.setAttribute('aria-valuenow', String(Math.round((100 * start) / Math.max(1e-6, duration * (1 - shown))) || 0));
  bar?.classList.toggle('whole', shown > 0.999);
}
