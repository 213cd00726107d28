import type { Segment } from '../protocol/index.js';

/** `0:07`, `1:02:03`: whole seconds, as texts name a moment. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `0:07–0:12`. */
export function clockSpan({ startSeconds, endSeconds }: Segment): string {
  return `${clockTime(startSeconds)}–${clockTime(endSeconds)}`;
}
