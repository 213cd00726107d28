import type { Palette } from './palette.js';
import { type Rows, sizes } from './rows.js';
import { type TimeScale, xOf } from './timeScale.js';
import type { WaveformPart } from './waveformLoader.js';

/** Marks where a new shot begins. */
export function drawShots(context: CanvasRenderingContext2D, rows: Rows, scale: TimeScale, shots: readonly number[], width: number, palette: Palette): void {
  context.fillStyle = palette.quiet;
  for (const shot of shots) {
    const x = Math.round(xOf(scale, shot));
    if (x >= 0 && x <= width) {
      context.fillRect(x, rows.shotsTop + 2, 2, sizes.shots - 4);
    }
  }
}

/** Draws the sound that is there, stretched to the present scale until its own has come. */
export function drawWaveform(context: CanvasRenderingContext2D, rows: Rows, scale: TimeScale, part: WaveformPart, width: number, palette: Palette): void {
  const buckets = part.samples.length / 2;
  const bucketSeconds = (part.end - part.start) / buckets;
  const middle = rows.waveTop + sizes.wave / 2;
  const half = sizes.wave / 2 - 2;
  context.globalAlpha = palette.highContrast ? 1 : 0.65;
  context.fillStyle = palette.quiet;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const left = xOf(scale, part.start + bucket * bucketSeconds);
    const right = xOf(scale, part.start + (bucket + 1) * bucketSeconds);
    if (right >= 0 && left <= width) {
      const low = (part.samples[2 * bucket] ?? 0) / 128;
      const high = (part.samples[2 * bucket + 1] ?? 0) / 128;
      context.fillRect(left, middle - high * half, Math.max(1, right - left), Math.max(1, (high - low) * half));
    }
  }
  context.globalAlpha = 1;
}
