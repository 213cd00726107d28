import { describe, expect, it } from 'vitest';
import { speechEvents } from '../../../server/perception/events/speechEvents.js';
import { planPieces } from '../../../server/perception/sound/planPieces.js';
import { parseContinuous, parseJson } from '../../../server/perception/sound/pocketsphinxOutput.js';
import { wavOf } from '../../../server/perception/sound/wavOf.js';

const windowSeconds = 512 / 16_000;
const span = (startSeconds: number, endSeconds: number): { startSeconds: number; endSeconds: number } => ({ startSeconds, endSeconds });
const brief = (pieces: { startSeconds: number; endSeconds: number }[]): number[][] => pieces.map(({ startSeconds, endSeconds }) => [Number(startSeconds.toFixed(2)), Number(endSeconds.toFixed(2))]);

describe('pieces of sound', () => {
  it('are voices with short pauses, and a little around them', () => {
    expect(brief(planPieces([span(0.1, 2), span(3, 4), span(9, 10)], []))).toEqual([[0, 4.2], [8.8, 10.2]]);
    expect(planPieces([], [])).toEqual([]);
  });

  it('never overlap, never last longer than half a minute, and leave nothing out', () => {
    const voices = Array.from({ length: 200 }, (_, i) => span(i * 2.1, i * 2.1 + 1.7));
    const pieces = planPieces([...voices, span(500, 700)], []);
    pieces.forEach(({ startSeconds, endSeconds }, i) => {
      expect(endSeconds - startSeconds).toBeLessThanOrEqual(30);
      expect(endSeconds).toBeGreaterThan(startSeconds);
      expect(startSeconds).toBeGreaterThanOrEqual(pieces[i - 1]?.endSeconds ?? 0);
    });
    const isHeard = (at: number): boolean => pieces.some(({ startSeconds, endSeconds }) => at >= startSeconds && at <= endSeconds);
    for (const { startSeconds, endSeconds } of voices) expect([startSeconds, (startSeconds + endSeconds) / 2, endSeconds].map(isHeard)).toEqual([true, true, true]);
    for (let at = 500; at <= 700; at += 0.25) expect(isHeard(at)).toBe(true);
  });

  it('cut a voice that goes on where it is faintest', () => {
    const probabilities = Array.from({ length: Math.ceil(60 / windowSeconds) }, (_, i) => (Math.abs(i * windowSeconds - 25) < 0.05 ? 0.4 : 0.9));
    const [first, second] = planPieces([span(0, 50)], probabilities);
    expect(first?.endSeconds).toBeCloseTo(25, 0);
    expect(second).toEqual(span(first?.endSeconds ?? 0, 50.2));
  });

  it('begin alike in a longer run', () => {
    const voices = Array.from({ length: 60 }, (_, i) => span(i * 3, i * 3 + 2 + (i % 3)));
    expect(planPieces(voices, []).slice(0, 4)).toEqual(planPieces(voices.slice(0, 50), []).slice(0, 4));
  });
});

describe('words that were heard', () => {
  const voice = Array.from({ length: Math.ceil(10 / windowSeconds) }, (_, i) => (i * windowSeconds < 8 ? 0.9 : 0));
  const lines = [{ ...span(1, 3), text: 'Good evening.', confidence: 0.8 }];

  it('are events of their own, and voices are told of where there are none', () => {
    const events = speechEvents([], voice, span(0, 10), 'ear', { lines, source: 'my-whisper', weak: false });
    expect(events.map(({ label, startSeconds, endSeconds, source }) => [label, startSeconds, Number(endSeconds.toFixed(1)), source])).toEqual([
      ['Good evening.', 1, 3, 'my-whisper'],
      ['speech', 0, 1, 'ear'],
      ['speech', 3, 8, 'ear'],
    ]);
    expect(events[0]).toMatchObject({ track: 'speech', confidence: 0.8 });
    expect(events[0]).not.toHaveProperty('weak');
  });

  it('are marked where they are guesses, and cut to the part that is looked at', () => {
    const events = speechEvents([], [], span(2, 10), 'ear', { lines, source: 'pocketsphinx', weak: true });
    expect(events).toEqual([{ track: 'speech', label: 'Good evening.', source: 'pocketsphinx', confidence: 0.8, startSeconds: 2, endSeconds: 3, weak: true }]);
  });
});

describe('what PocketSphinx writes', () => {
  it('of version 0.8: words, without silence and noise, as lines between pauses', () => {
    const output = 'go forward\n<s> 0.140 0.220 1.000200\ngo 0.230 0.330 1.0\nforward(2) 0.340 0.560 0.5\n[SPEECH] 0.990 1.120 0.5\n<sil> 1.2 1.9 0.9\nten 2.010 2.120 0.4\n</s> 2.810 2.980 1.000000\n';
    expect(parseContinuous(output, 3)).toEqual([
      { startSeconds: 0.23, endSeconds: 0.56, text: 'go forward', confidence: 0.375 },
      { startSeconds: 2.01, endSeconds: 2.12, text: 'ten', confidence: 0.2 },
    ]);
  });

  it('of version 5: JSON, a line for each utterance', () => {
    const output = '{"b":0.000,"d":2.97,"p":1.000,"t":"go forward","w":[{"b":0.000,"d":0.200,"p":1.0,"t":"<s>"},{"b":0.20,"d":0.30,"p":0.8,"t":"go"},{"b":0.5,"d":0.5,"p":0.6,"t":"forward"}]}\n';
    expect(parseJson(output, 3)).toEqual([{ startSeconds: 0.2, endSeconds: 1, text: 'go forward', confidence: 0.35 }]);
  });

  it.each(['', 'nonsense\n\u001b[31m', '{"w":1}', 'a 9 1 1\nb 99 100 1\nc 1 2 NaN\n[x] 1 2 1'])('that is nothing: %j', (output) => {
    expect(parseContinuous(output, 3)).toEqual([]);
    expect(parseJson(output, 3)).toEqual([]);
  });

  it('without control characters', () => {
    expect(parseContinuous('a\u001b[31mb 0 1 1\n', 3)[0]?.text).toBe('a[31mb');
  });
});

it('a WAV file holds samples of any loudness', () => {
  const file = wavOf(Float32Array.of(0, 0.5, 2, -2, NaN), 16_000);
  expect([file.toString('latin1', 0, 4), file.readUInt32LE(4), file.readUInt32LE(24), file.readUInt32LE(40)]).toEqual(['RIFF', 46, 16_000, 10]);
  expect([0, 1, 2, 3, 4].map((i) => file.readInt16LE(44 + 2 * i))).toEqual([0, 16_384, 32_767, -32_768, 0]);
});
