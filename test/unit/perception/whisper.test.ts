import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LogMel, whisperFrames } from '../../../server/perception/detectors/whisper/logMel.js';
import { applyTimestampRules } from '../../../server/perception/detectors/whisper/timestampRules.js';
import { whisperLines } from '../../../server/perception/detectors/whisper/whisperLines.js';
import { readWhisperTokens } from '../../../server/perception/detectors/whisper/whisperTokens.js';
import { tinyWhisper, tinyWhisperFile, whisperSound } from '../../fixtures/tinyWhisper.js';

interface Golden {
  features: { seconds: number; seed: number; bins: number; frames: number[]; values: string }[];
  answers: { seconds: number; seed: number; language: string; tokens: number[]; logProb: number; noSpeech: number; segments: [number, number | null, number[]][] }[];
  most: number;
}
const golden = JSON.parse(readFileSync(new URL('../../golden/perception/whisper.json', import.meta.url), 'utf8')) as Golden;
const nobody = (): void => undefined;
const words = { tokenizer: readFileSync(tinyWhisperFile('tokenizer.json'), 'utf8'), generation: readFileSync(tinyWhisperFile('generation_config.json'), 'utf8') };
const known = readWhisperTokens(words.tokenizer, words.generation);

describe('whisper’s features', () => {
  it.each(golden.features)('are those of the reference: $seconds s in $bins bins', ({ seconds, seed, bins, frames, values }) => {
    const bytes = Buffer.from(values, 'base64');
    const features = new LogMel(bins).features(whisperSound(seconds, seed));
    expect(features).toHaveLength(bins * whisperFrames);
    let worst = 0;
    frames.forEach((frame, i) => {
      for (let bin = 0; bin < bins; bin++) {
        worst = Math.max(worst, Math.abs((features[bin * whisperFrames + frame] ?? NaN) - bytes.readFloatLE(4 * (i * bins + bin))));
      }
    });
    expect(worst).toBeLessThan(1e-4);
  });

  it('are finite for sound that is no number, and for none', () => {
    for (const samples of [new Float32Array(0), Float32Array.of(NaN, Infinity, -Infinity, 0.5)]) {
      expect(new LogMel(80).features(samples).every((value) => Number.isFinite(value))).toBe(true);
    }
  });
});

describe.each(['merged', 'plain'] as const)('whisper’s answers with the %s decoder', (decoder) => {
  it.each(golden.answers)('are those of the reference: $seconds s', async ({ seconds, seed, language, tokens, logProb, noSpeech, segments }) => {
    const whisper = await tinyWhisper(decoder, golden.most);
    const answer = await whisper.answer(whisperSound(seconds, seed), undefined, nobody);
    expect(answer.tokens).toEqual(tokens);
    expect(answer).toMatchObject({ language, isCut: tokens.length === golden.most });
    expect(answer.logProb).toBeCloseTo(logProb, 3);
    expect(answer.noSpeech).toBeCloseTo(noSpeech, 4);
    const lines = whisperLines(answer.tokens, answer.logProbs, known);
    expect(lines.map((line) => [line.startSeconds, line.endSeconds ?? null, line.tokens])).toEqual(segments);
  });
});

describe('a whisper', () => {
  const sound = whisperSound(golden.answers[0]?.seconds ?? 0, golden.answers[0]?.seed ?? 0);

  it('answers in the language that is asked for, and refuses one that it does not know', async () => {
    const whisper = await tinyWhisper('merged', golden.most);
    expect(await whisper.answer(sound, 'de', nobody)).toMatchObject({ language: 'de' });
    await expect(whisper.answer(sound, 'xx', nobody)).rejects.toThrow(/knows no language "xx"/);
  });

  it('stops between two words', async () => {
    const whisper = await tinyWhisper('merged', golden.most);
    let calls = 0;
    const stop = (): void => {
      if (++calls === 5) throw new Error('enough');
    };
    await expect(whisper.hear(sound, undefined, stop)).rejects.toThrow('enough');
    expect(calls).toBe(5);
  });

  it('tells lines inside the piece, as one line of plain text each', async () => {
    const whisper = await tinyWhisper('merged', golden.most);
    for (const { seconds, seed } of golden.answers) {
      const heard = await whisper.hear(whisperSound(seconds, seed), undefined, nobody);
      expect(heard.heardSeconds).toBeLessThanOrEqual(seconds);
      for (const { startSeconds, endSeconds, text, confidence } of heard.lines) {
        expect(startSeconds).toBeLessThan(endSeconds);
        expect(endSeconds).toBeLessThanOrEqual(seconds);
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|^\s|\s$|<\|/);
        expect(confidence).toBeGreaterThan(0);
        expect(confidence).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('whisper’s tokens', () => {
  it('are bytes: letters in two pieces, half letters and escape sequences come out as they are', () => {
    const vocabulary = (JSON.parse(words.tokenizer) as { model: { vocab: Record<string, number> } }).model.vocab;
    const spell = (...pieces: string[]): string => known.textOf(pieces.map((piece) => vocabulary[piece] ?? -1));
    expect(spell('Ġcaf', 'Ã', '©')).toBe(' café');
    expect(spell('Ã', 'Ġcup')).toBe('\ufffd cup');
    // What stands for no byte is nothing.
    expect(spell('Ġ\u011b[31m')).toBe(' \u001b[31m'.replace('\u001b', '\u001b'));
    expect(known.textOf([known.end, known.start, known.firstStamp + 3])).toBe('');
    expect(readWhisperTokens(JSON.stringify(vocabulary), words.generation).textOf([0, 1])).toBe(known.textOf([0, 1]));
  });

  it.each([
    ['no JSON', '{', words.generation],
    ['a vocabulary of something else', '[]', words.generation],
    ['a configuration without timestamps', words.tokenizer, '{"eos_token_id": 1, "decoder_start_token_id": 2}'],
  ])('are refused: %s', (_, tokenizer, generation) => {
    expect(() => readWhisperTokens(tokenizer, generation)).toThrow();
  });
});

describe('the rules for timestamps', () => {
  const size = known.firstStamp + 1501;
  const allowed = (tokens: number[], logits = new Float32Array(size)): ((token: number) => boolean) => {
    applyTimestampRules(logits, tokens, known);
    return (token) => logits[token] !== -Infinity;
  };
  const at = (seconds: number): number => known.firstStamp + Math.round(seconds / 0.02);

  it('want one at the beginning, not later than the first second', () => {
    const may = allowed([]);
    expect([may(at(0)), may(at(1)), may(at(1.02)), may(2), may(known.end)]).toEqual([true, true, false, false, false]);
  });

  it('want text after the first, and pairs after it; time never goes back', () => {
    const loud = new Float32Array(size);
    loud[2] = 50;
    const text = allowed([at(0)], loud);
    expect([text(2), text(at(1))]).toEqual([true, false]);
    const close = allowed([at(1), 2, 3, at(2)]);
    expect([close(2), close(at(2)), close(at(1.98)), close(at(3))]).toEqual([false, true, false, true]);
    const more = allowed([at(1), 2, 3]);
    expect([more(at(1)), more(at(1.02))]).toEqual([false, true]);
  });

  it('want a timestamp when all together are likelier than any word, and survive what is no number', () => {
    const may = allowed([at(0), 2], new Float32Array(size).fill(NaN, 0, 5));
    expect([may(0), may(6), may(at(5))]).toEqual([false, false, true]);
  });
});

