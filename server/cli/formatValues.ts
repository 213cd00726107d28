import { formatBytes } from '../common/formatBytes.js';

export { formatBytes };

/** How far a download is: `1.2 MB of 3.4 MB, 512 kB/s`. */
export function formatTransfer({ done, total, rate }: { done: number; total?: number; rate?: number }): string {
  const bytes = total === undefined ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`;
  return rate === undefined ? bytes : `${bytes}, ${formatBytes(rate)}/s`;
}

/** `0:07.5`, `12:03.0`, `1:02:03.0`: a time in a clip for people. */
export function formatClipTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const rest = `${String(whole % 60).padStart(2, '0')}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** `0.35 s`. */
export function formatMilliseconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
