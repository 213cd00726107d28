/** Which part of the clip is in view, and how large. */
export interface TimeScale {
  /** Seconds at the left edge. */
  start: number;
  pixelsPerSecond: number;
}

/** One frame of 60 per second is then as wide as a finger. */
const mostPixelsPerSecond = 3000;

export function xOf({ start, pixelsPerSecond }: TimeScale, seconds: number): number {
  return (seconds - start) * pixelsPerSecond;
}

export function secondsAt({ start, pixelsPerSecond }: TimeScale, x: number): number {
  return start + x / pixelsPerSecond;
}

/** The whole clip. */
export function fitScale(width: number, duration: number): TimeScale {
  return { start: 0, pixelsPerSecond: Math.max(1e-6, width) / Math.max(1e-3, duration) };
}

/** A scale that shows nothing outside of the clip. */
export function clampScale(scale: TimeScale, width: number, duration: number): TimeScale {
  const least = fitScale(width, duration).pixelsPerSecond;
  const pixelsPerSecond = Math.max(least, Math.min(Math.max(mostPixelsPerSecond, least), scale.pixelsPerSecond));
  const start = Math.max(0, Math.min(scale.start, duration - width / pixelsPerSecond));
  return { start, pixelsPerSecond };
}

/** Larger or smaller, while the moment at `x` stays where it is. */
export function zoomScale(scale: TimeScale, factor: number, x: number, width: number, duration: number): TimeScale {
  const { pixelsPerSecond } = clampScale({ ...scale, pixelsPerSecond: scale.pixelsPerSecond * factor }, width, duration);
  return clampScale({ start: secondsAt(scale, x) - x / pixelsPerSecond, pixelsPerSecond }, width, duration);
}

/** A span with some room around it. */
export function scaleOfSpan(start: number, end: number, width: number, duration: number): TimeScale {
  const pixelsPerSecond = (0.8 * width) / Math.max(0.01, end - start);
  return clampScale({ start: start - (0.1 * width) / pixelsPerSecond, pixelsPerSecond }, width, duration);
}

/** How far the slider stands, 0…1: its steps are equal factors. */
export function zoomShare(scale: TimeScale, width: number, duration: number): number {
  const least = fitScale(width, duration).pixelsPerSecond;
  const range = Math.log(Math.max(mostPixelsPerSecond, least * 1.001) / least);
  return Math.min(1, Math.max(0, Math.log(scale.pixelsPerSecond / least) / range));
}

export function scaleOfShare(share: number, width: number, duration: number): number {
  const least = fitScale(width, duration).pixelsPerSecond;
  return least * Math.pow(Math.max(mostPixelsPerSecond, least * 1.001) / least, share);
}

const steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** A round number of seconds that takes at least so many pixels. */
export function roundStep({ pixelsPerSecond }: TimeScale, pixels: number): number {
  return steps.find((step) => step * pixelsPerSecond >= pixels) ?? Math.ceil(pixels / pixelsPerSecond / 3600) * 3600;
}
