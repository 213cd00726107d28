import { formatTime } from '../../chat/text/formatTime.js';
import type { FrameClock } from '../player/frameClock.js';
import type { Palette } from './palette.js';
import { roundStep, secondsAt, type TimeScale, xOf } from './timeScale.js';

/** Ticks with times, and single frames where there is room for them. */
export function drawRuler(context: CanvasRenderingContext2D, scale: TimeScale, clock: FrameClock, width: number, height: number, palette: Palette): void {
  context.clearRect(0, 0, width, height);
  const step = roundStep(scale, 74);
  const small = step / 5;
  const until = Math.min(clock.durationSeconds, secondsAt(scale, width));
  context.font = palette.font.replace(/^[\d.]+px/, '11px');
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  context.strokeStyle = palette.quiet;
  context.fillStyle = palette.quiet;
  context.beginPath();
  for (let index = Math.floor(scale.start / small); index * small <= until + 1e-9; index++) {
    const x = Math.round(xOf(scale, index * small)) + 0.5;
    const labelled = index % 5 === 0;
    context.moveTo(x, height);
    context.lineTo(x, height - (labelled ? 8 : 4));
    if (labelled) {
      context.fillText(formatTime(index * small, step >= 1 ? 0 : step >= 0.1 ? 1 : 2), x + 3, height / 2 - 2);
    }
  }
  context.stroke();
  drawFrames(context, scale, clock, width, height, palette);
}

function drawFrames(context: CanvasRenderingContext2D, scale: TimeScale, clock: FrameClock, width: number, height: number, palette: Palette): void {
  const first = clock.frameAt(scale.start);
  const wide = (clock.timeOf(first + 1) - clock.timeOf(first)) * scale.pixelsPerSecond;
  if (!clock.isExact || wide < 6) {
    return;
  }
  context.globalAlpha = 0.6;
  context.strokeStyle = palette.accent;
  context.beginPath();
  for (let frame = first; frame <= clock.lastFrame + 1; frame++) {
    const x = Math.round(xOf(scale, clock.timeOf(frame))) + 0.5;
    if (x > width) {
      break;
    }
    context.moveTo(x, height);
    context.lineTo(x, height - 3);
  }
  context.stroke();
  context.globalAlpha = 1;
}
