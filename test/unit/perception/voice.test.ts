import { describe, expect, it } from 'vitest';
import { hearVoice, initialVoiceState } from '../../../server/perception/detectors/sileroVad.js';
import { perceptionFixture, shippedModel, soundOf } from '../../fixtures/perceptionModels.js';

const lavfi = (source: string) => soundOf(['-f', 'lavfi', '-i', source]);
const spoken = (voice: Float32Array): number => voice.filter((probability) => probability > 0.5).length / voice.length;

async function hear(samples: Float32Array): Promise<Float32Array> {
  const { manifest, run } = await shippedModel('voice');
  return (await hearVoice(samples, initialVoiceState(manifest), manifest, run)).voice;
}

describe('Silero VAD', () => {
  it('hears somebody speak', async () => {
    const voice = await hear(await soundOf(['-i', perceptionFixture('speech.flac')]));
    expect(spoken(voice)).toBeGreaterThan(0.6);
  });

  it('hears nobody in silence, noise or a tone', async () => {
    for (const source of ['anullsrc=r=16000:d=3', 'anoisesrc=r=16000:d=3:a=0.3:seed=1', 'sine=f=440:r=16000:d=3']) {
      expect(spoken(await hear(await lavfi(source)))).toBe(0);
    }
  });

  it('hears the same in pieces as at once', async () => {
    const { manifest, run } = await shippedModel('voice');
    const samples = (await soundOf(['-i', perceptionFixture('speech.flac')])).slice(0, 512 * 30 + 100);
    const whole = await hear(samples);
    expect(whole).toHaveLength(30);
    let state = initialVoiceState(manifest);
    const pieces: number[] = [];
    for (const [from, to] of [[0, 100], [100, 700], [700, 5_000], [5_000, samples.length]] as const) {
      const heard = await hearVoice(samples.slice(from, to), state, manifest, run);
      pieces.push(...heard.voice);
      state = heard.state;
    }
    expect(pieces).toHaveLength(30);
    pieces.forEach((probability, i) => expect(probability).toBeCloseTo(whole[i] ?? NaN, 4));
    expect(state.rest).toHaveLength(100);
  });

  it('is not poisoned by samples that are no numbers', async () => {
    const voice = await hear(new Float32Array(2048).fill(NaN));
    expect([...voice].every(Number.isFinite)).toBe(true);
  });
});
