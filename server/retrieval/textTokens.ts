import { Tokenizer } from '@huggingface/tokenizers';
import type { DualEncoderManifest } from '../models/dualEncoderManifest.js';

type TextRules = DualEncoderManifest['retrieval']['text'];

/** A longer text is no question, and would only keep the tokeniser busy. */
const longestText = 2_000;

/** Texts as the numbers that a text encoder takes. */
export class TextTokens {
  private constructor(
    private readonly tokenizer: Tokenizer,
    private readonly rules: Pick<TextRules, 'length' | 'padding'>,
  ) {}

  /** @param json a `tokenizer.json` @throws Error if it is none */
  static parse(json: string, rules: Pick<TextRules, 'length' | 'padding'>): TextTokens {
    try {
      return new TextTokens(new Tokenizer(JSON.parse(json) as object, {}), rules);
    } catch (error) {
      throw new Error(`the tokeniser cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** With the marks of beginning and end, cut and filled up as the encoder wants it. */
  of(text: string): { ids: BigInt64Array; mask: BigInt64Array } {
    const { length, padding } = this.rules;
    const all = this.tokenizer.encode(text.slice(0, longestText)).ids;
    const [end] = all.slice(-1);
    if (end === undefined || all.some((id) => !Number.isSafeInteger(id))) {
      throw new Error('the tokeniser makes no tokens of a text');
    }
    const kept = all.length > length ? [...all.slice(0, length - 1), end] : all;
    const size = padding === undefined ? kept.length : length;
    const ids = new BigInt64Array(size).fill(BigInt(padding ?? 0));
    const mask = new BigInt64Array(size);
    kept.forEach((id, i) => {
      ids[i] = BigInt(id);
      mask[i] = 1n;
    });
    return { ids, mask };
  }
}
