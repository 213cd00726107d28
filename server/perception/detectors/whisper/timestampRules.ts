import { stamps, type WhisperTokens } from './whisperTokens.js';

/**
 * Rules out what may not come next (whisper's `decoding.py`: SuppressBlank, SuppressTokens, ApplyTimestampRules): text stands
 * between timestamps that come in pairs and never go back, and one is due when all of them together are likelier than any text.
 *
 * @param logits of one position; what is ruled out becomes -Infinity
 * @param tokens those chosen so far, without the prompt
 */
export function applyTimestampRules(logits: Float32Array, tokens: readonly number[], known: WhisperTokens): void {
  const { firstStamp, end, suppressed, suppressedFirst, latestFirstStamp } = known;
  const none = (from: number, to: number): void => void logits.fill(-Infinity, from, Math.max(from, to));
  for (let i = 0; i < logits.length; i++) {
    // A comparison with what is no number is never true: the choice would be the first token.
    if (Number.isNaN(logits[i])) logits[i] = -Infinity;
  }
  none(firstStamp + stamps, logits.length);
  suppressed.forEach((token) => none(token, token + 1));
  if (tokens.length === 0) {
    suppressedFirst.forEach((token) => none(token, token + 1));
    none(0, firstStamp);
    none(latestFirstStamp + 1, logits.length);
  } else {
    const isStamp = (token: number | undefined): boolean => token !== undefined && token >= firstStamp;
    const last = isStamp(tokens.at(-1));
    const before = tokens.length < 2 || isStamp(tokens.at(-2));
    if (last) none(before ? firstStamp : 0, before ? logits.length : end);
    const latest = tokens.findLast(isStamp);
    if (latest !== undefined) none(firstStamp, latest + (last && !before ? 0 : 1));
  }
  const [text, times] = [logits.subarray(0, firstStamp), logits.subarray(firstStamp)];
  if (logOfSum(times) > largest(text)) none(0, firstStamp);
}

/** log Σ exp, -Infinity of nothing. */
export function logOfSum(values: Float32Array): number {
  const most = largest(values);
  if (most === -Infinity) return -Infinity;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - most);
  return most + Math.log(sum);
}

function largest(values: Float32Array): number {
  let most = -Infinity;
  for (const value of values) {
    if (value > most) most = value;
  }
  return most;
}
