import { PowerSpectrum } from './fourier.js';
import { type MelFilter, melFilters } from './melFilters.js';

export const whisperSampleRate = 16_000; // Hz
/** What the encoder hears at once, whatever part of it is silence. */
export const whisperSeconds = 30;
const hop = 160;
const size = 400;
export const whisperFrames = (whisperSeconds * whisperSampleRate) / hop;
const least = 1e-10;

/**
 * Whisper's features: power in mel bands every 10 ms over windows of 25 ms (Hann), as logarithms to base 10, at most 8 below
 * the loudest, moved to about -1…1. Computed as `audio.py` does it (arXiv 2212.04356, section 2.2).
 */
export class LogMel {
  private readonly filters: readonly MelFilter[];
  private readonly spectrum = new PowerSpectrum(16, 25);
  private readonly window = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));

  /** @param bins 80 or 128 */
  constructor(private readonly bins: number) {
    this.filters = melFilters(bins, whisperSampleRate, size);
  }

  /** @param samples at most 30 s @returns [bins, 3000] */
  features(samples: Float32Array): Float32Array {
    const { bins, filters, spectrum, window } = this;
    const features = new Float32Array(bins * whisperFrames).fill(Math.log10(least));
    const frame = new Float64Array(size);
    const power = new Float64Array(size / 2 + 1);
    const whole = whisperSeconds * whisperSampleRate;
    // Behind the last sample all is silence.
    const frames = Math.min(whisperFrames, Math.ceil((samples.length + size / 2) / hop));
    let loudest = Math.log10(least);
    for (let at = 0; at < frames; at++) {
      for (let i = 0; i < size; i++) {
        const place = Math.abs(at * hop - size / 2 + i);
        // The ends are mirrored.
        const sample = samples[place < whole ? place : 2 * whole - 2 - place] ?? 0;
        frame[i] = Number.isFinite(sample) ? sample * (window[i] as number) : 0;
      }
      spectrum.write(frame, power);
      for (let bin = 0; bin < bins; bin++) {
        const { first, weights } = filters[bin] as MelFilter;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (power[first + i] as number);
        const value = Math.log10(Math.max(least, sum));
        features[bin * whisperFrames + at] = value;
        loudest = Math.max(loudest, value);
      }
    }
    for (let i = 0; i < features.length; i++) {
      features[i] = (Math.max(features[i] as number, loudest - 8) + 4) / 4;
    }
    return features;
  }
}
