/** Seconds as a player shows them: `0:05.2`, `1:02:03.0`; with `digits` 0 `0:05`. */
export function formatTime(seconds: number, digits: 0 | 1 | 2 = 1): string {
  const scale = 10 ** digits;
  // Cut, not rounded, as clocks do; the small sum takes back what binary fractions lose.
  const units = Math.floor(Math.max(0, seconds) * scale + 1e-6);
  const whole = Math.floor(units / scale);
  const fraction = digits === 0 ? '' : `.${String(units % scale).padStart(digits, '0')}`;
  const rest = String(whole % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}${fraction}` : `${minutes}:${rest}${fraction}`;
}

/** The time of a frame, to the nearest tenth: names of moments, not the reading of a clock. */
export function frameTime(seconds: number): string {
  return formatTime(Math.round(seconds * 10) / 10);
}

/** As short as the times themselves allow: whole seconds without a fraction. */
export function shortTime(seconds: number): string {
  return Math.abs(seconds - Math.round(seconds)) < 0.05 ? formatTime(Math.round(seconds), 0) : formatTime(seconds, 1);
}

/** Milliseconds as seconds with one digit below ten. */
export function shortSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
}
