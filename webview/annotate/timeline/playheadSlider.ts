import { html, type TemplateResult } from 'lit';
import { format } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { texts } from '../texts.js';
import { roundStep, type TimeScale } from './timeScale.js';

/** Says where the playhead is: with each frame, so without drawing the element anew. */
export function tellPlayhead(slider: Element | null, { controller }: AnnotateSession): void {
  slider?.setAttribute('aria-valuenow', String(controller.frame));
  slider?.setAttribute('aria-valuetext', format(texts().timeAndFrame, formatTime(controller.seconds, 2), controller.frame));
}

/** The ruler: the playhead goes where it is pressed, and follows keys. */
export function playheadSlider(session: AnnotateSession, scrub: (event: PointerEvent) => void, scale: () => TimeScale): TemplateResult {
  const { controller, clock } = session;
  const onPointer = (event: PointerEvent): void => {
    if (event.buttons === 1) {
      (event.currentTarget as HTMLElement).setPointerCapture?.(event.pointerId);
      scrub(event);
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    const far = roundStep(scale(), 74);
    const keys: Record<string, (() => void) | undefined> = {
      ArrowLeft: controller.playing ? undefined : () => controller.step(-1),
      ArrowRight: controller.playing ? undefined : () => controller.step(1),
      ArrowDown: () => controller.step(-1),
      ArrowUp: () => controller.step(1),
      PageDown: () => controller.seekSeconds(controller.seconds - far),
      PageUp: () => controller.seekSeconds(controller.seconds + far),
      Home: () => controller.seekFrame(0),
      End: () => controller.seekFrame(clock.lastFrame),
    };
    const run = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
    if (run) {
      event.preventDefault();
      event.stopPropagation();
      run();
    }
  };
  return html`<div
    class="ruler"
    role="slider"
    tabindex="0"
    aria-label=${texts().position}
    aria-valuemin="0"
    aria-valuemax=${clock.lastFrame}
    @pointerdown=${onPointer}
    @pointermove=${onPointer}
    @keydown=${onKey}
  >
    <canvas class="ruler-canvas" aria-hidden="true"></canvas>
  </div>`;
}
