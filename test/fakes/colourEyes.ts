import { untilCancelled } from '../../server/common/untilCancelled.js';
import type { FrameSights, SightKind } from '../../server/perception/observations.js';
import { type Perception, type PerceptionKind, type PerceptionModelFacts, type RgbFrame, voiceSampleRate, voiceWindow } from '../../server/perception/perception.js';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import { Gate } from './gate.js';

/**
 * Perception that takes colours for things: a red picture shows a person, standing, with a face; a green one the line
 * "GREEN". It hears a voice in whatever is loud. Each look passes a gate.
 */
export class ColourEyes implements Perception {
  readonly gate = new Gate();
  /** What was looked at: kinds and the size of the picture. */
  readonly looks: { kinds: readonly SightKind[]; width: number; height: number }[] = [];
  /** Kinds whose model turns out to be damaged. */
  readonly damaged = new Set<SightKind>();
  heardSamples = 0;
  /** Pieces in which words were looked for. */
  readonly transcribed: { seconds: number; language: string }[] = [];
  disposed = 0;

  constructor(
    private readonly kinds: readonly PerceptionKind[] = ['objects', 'texts', 'faces', 'poses', 'voice'],
    private readonly hash = '0',
  ) {}

  async look({ width, height, data }: RgbFrame, kinds: readonly SightKind[], token?: Parameters<Perception['look']>[2]): Promise<FrameSights> {
    await untilCancelled(this.gate.pass(), token);
    if (kinds.some((kind) => this.damaged.has(kind))) {
      throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'The model is damaged.');
    }
    this.looks.push({ kinds: [...kinds], width, height });
    const sum = [0, 0, 0];
    for (let i = 0; i < data.length; i++) sum[i % 3] = (sum[i % 3] ?? 0) + (data[i] ?? 0);
    const [red = 0, green = 0, blue = 0] = sum;
    const isRed = red > 3 * (green + blue);
    const box: [number, number, number, number] = [0.2, 0.1, 0.5, 0.8];
    const all: FrameSights = {
      objects: isRed ? [{ label: 'person', score: 0.9, box }] : [],
      texts: green > red + blue ? [{ text: 'GREEN', score: 0.9, box }] : [],
      faces: isRed ? [{ score: 0.8, box }] : [],
      poses: isRed ? [{ box, keypoints: standing() }] : [],
    };
    return Object.fromEntries(kinds.map((kind) => [kind, all[kind]]));
  }

  listen(): ReturnType<Perception['listen']> {
    let rest = new Float32Array(0);
    return {
      hear: async (samples) => {
        this.heardSamples += samples.length;
        const all = new Float32Array(rest.length + samples.length);
        all.set(rest);
        all.set(samples, rest.length);
        const windows = Math.floor(all.length / voiceWindow);
        rest = all.slice(windows * voiceWindow);
        return Float32Array.from({ length: windows }, (_, i) =>
          all.subarray(i * voiceWindow, (i + 1) * voiceWindow).some((sample) => Math.abs(sample) > 0.05) ? 0.9 : 0.05,
        );
      },
    };
  }

  /** Says how long it has listened. It is there where the kind `transcription` is. */
  async transcribe(samples: Float32Array, language = 'en'): ReturnType<Perception['transcribe']> {
    const seconds = samples.length / voiceSampleRate;
    this.transcribed.push({ seconds, language });
    return { lines: [{ startSeconds: 0, endSeconds: seconds, text: `${seconds.toFixed(1)} seconds`, confidence: 0.7 }], heardSeconds: seconds, language };
  }

  models(): PerceptionModelFacts[] {
    return this.kinds.map((kind) => ({ id: `${kind}-model`, name: kind, kinds: [kind], sha256: `${kind}${this.hash}` }));
  }

  isAvailable(kind: PerceptionKind): boolean {
    return this.kinds.includes(kind);
  }

  dispose(): void {
    this.disposed++;
  }
}

function standing(): Float32Array {
  const points: [number, number][] = Array.from({ length: 17 }, () => [0.5, 0.1]);
  [[5, 0.25], [6, 0.25], [11, 0.5], [12, 0.5], [13, 0.7], [14, 0.7], [15, 0.9], [16, 0.9]].forEach(([place = 0, y = 0]) => (points[place] = [0.5, y]));
  return Float32Array.from(points.flatMap(([x, y], i) => [x, y, i >= 7 && i <= 10 ? 0 : 0.9]));
}
