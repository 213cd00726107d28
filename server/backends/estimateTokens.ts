/** Bytes of UTF-8 that a token stands for, on the safe side: English has four and more, times and ids three, Chinese three. */
const bytesPerToken = 3;

/** About how many tokens a text takes in a model whose tokeniser is elsewhere. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}
