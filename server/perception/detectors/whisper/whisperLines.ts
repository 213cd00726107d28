import type { Segment } from '../../../protocol/index.js';
import { stampSeconds, type WhisperTokens } from './whisperTokens.js';

/** A line of an answer: `endSeconds` is open where the answer ends before it. */
export interface WhisperLine {
  startSeconds: number;
  endSeconds?: number;
  tokens: number[];
  /** Mean logarithm of the probability of its tokens. */
  logProb: number;
}

/** What stands between two timestamps. */
export function whisperLines(tokens: readonly number[], logProbs: readonly number[], { firstStamp, end }: Pick<WhisperTokens, 'firstStamp' | 'end'>): WhisperLine[] {
  const lines: WhisperLine[] = [];
  let startSeconds = 0;
  let text: number[] = [];
  let sum = 0;
  const close = (times: Partial<Segment>): void => {
    if (text.length > 0) lines.push({ startSeconds, ...times, tokens: text, logProb: sum / text.length });
    [text, sum] = [[], 0];
  };
  tokens.forEach((token, i) => {
    if (token >= firstStamp) {
      const at = Math.round((token - firstStamp) * stampSeconds * 100) / 100;
      close({ endSeconds: at });
      startSeconds = at;
    } else if (token < end) {
      text.push(token);
      sum += logProbs[i] ?? 0;
    }
  });
  close({});
  return lines;
}
