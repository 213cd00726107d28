import type { VoiceManifest } from '../models/perceptionManifest.js';
import { numbersOf, type RunGraph } from './graph.js';

/** What is carried from one piece of a clip's sound to the next. */
export interface VoiceState {
  memory: Float32Array; // [2,1,128]
  /** The last samples of the window before. */
  context: Float32Array; // [64]
  /** Samples that do not fill a window yet. */
  rest: Float32Array;
}

export function initialVoiceState({ memory, context }: VoiceManifest): VoiceState {
  return { memory: new Float32Array(memory.reduce((product, size) => product * size, 1)), context: new Float32Array(context), rest: new Float32Array(0) };
}

/**
 * Silero VAD v5 (github.com/snakers4/silero-vad, MIT) over the samples that follow those of `state`. As in its
 * `utils_vad.py`, the graph gets each window of 512 samples behind the last 64 of the one before, and its own memory.
 *
 * @param samples 16 kHz, mono, -1…1
 * @returns for each whole window, how likely somebody speaks; and the state to go on from
 */
export async function hearVoice(samples: Float32Array, state: VoiceState, manifest: VoiceManifest, run: RunGraph): Promise<{ voice: Float32Array; state: VoiceState }> {
  const { window, context: kept, inputs, outputs, sampleRate } = manifest;
  const sound = new Float32Array(kept + state.rest.length + samples.length);
  sound.set(state.context);
  sound.set(state.rest, kept);
  sound.set(samples, kept + state.rest.length);
  for (let i = 0; i < sound.length; i++) {
    // One that is no number would stay in the model's memory.
    if (!Number.isFinite(sound[i])) {
      sound[i] = 0;
    }
  }
  const voice = new Float32Array(Math.floor((sound.length - kept) / window));
  const rate = { type: 'int64' as const, data: BigInt64Array.of(BigInt(sampleRate)), dims: [] };
  let { memory } = state;
  for (let i = 0; i < voice.length; i++) {
    // A copy: the runtime may still read it when the next window is made.
    const data = sound.slice(i * window, i * window + kept + window);
    const results = await run({
      [inputs.samples]: { type: 'float32', data, dims: [1, data.length] },
      [inputs.memory]: { type: 'float32', data: memory, dims: manifest.memory },
      [inputs.sampleRate]: rate,
    });
    voice[i] = numbersOf(results, outputs.voice, 1)[0] as number;
    memory = numbersOf(results, outputs.memory, memory.length);
  }
  const end = voice.length * window;
  return { voice, state: { memory: memory.slice(), context: sound.slice(end, end + kept), rest: sound.slice(end + kept) } };
}
