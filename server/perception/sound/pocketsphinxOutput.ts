import { z } from 'zod';
import type { HeardLine } from '../perception.js';

interface Word {
  text: string;
  probability: number;
  start: number;
  end: number;
}

/** A pause between two words that ends a line. */
const pause = 0.8; // s
const mostWords = 20;
/** Whatever it says of itself: a third of its words are wrong in clearly read English. */
const highestConfidence = 0.5;

const jsonLine = z.object({
  w: z.array(z.object({ b: z.number(), d: z.number(), p: z.number(), t: z.string().max(200) })).max(10_000),
});

/** What version 5 writes: a line of JSON for each utterance. Times of words are those of the sound. */
export function parseJson(output: string, seconds: number): HeardLine[] {
  const words = output.split('\n').flatMap((line): Word[] => {
    try {
      return jsonLine.parse(JSON.parse(line)).w.map(({ b, d, p, t }) => ({ text: t, probability: p, start: b, end: b + d }));
    } catch {
      return [];
    }
  });
  return linesOf(words, seconds);
}

/** What version 0.8 writes: the words of each utterance, then `word begin end probability`, a line each. */
export function parseContinuous(output: string, seconds: number): HeardLine[] {
  const words = output.split('\n').flatMap((line): Word[] => {
    const found = /^(\S{1,200}) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)$/.exec(line.trim());
    return found ? [{ text: found[1] ?? '', start: Number(found[2]), end: Number(found[3]), probability: Number(found[4]) }] : [];
  });
  return linesOf(words, seconds);
}

function linesOf(words: readonly Word[], seconds: number): HeardLine[] {
  const lines: Word[][] = [];
  for (const word of words) {
    // `<s>`, `<sil>`, `[SPEECH]`, `++NOISE++` are no words; `was(2)` is another way to say "was".
    const text = word.text.replace(/\(\d+\)$/, '').replace(/\p{Cc}+/gu, '');
    if (/^[<[+]/.test(text) || text === '' || word.end <= word.start || word.start >= seconds) continue;
    const line = lines.at(-1);
    const last = line?.at(-1);
    const said = { ...word, text, end: Math.min(seconds, word.end) };
    if (line && last && word.start - last.end < pause && line.length < mostWords) {
      line.push(said);
    } else {
      lines.push([said]);
    }
  }
  return lines.map((line) => ({
    startSeconds: line[0]?.start ?? 0,
    endSeconds: Math.max(...line.map(({ end }) => end)),
    text: line.map(({ text }) => text).join(' ').slice(0, 2_000),
    confidence: highestConfidence * mean(line.map(({ probability }) => Math.min(1, Math.max(0, probability)))),
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
