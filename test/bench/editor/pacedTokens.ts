export const tokensPerSecond = 500;

const seconds = 4;
const tokensPerParagraph = 80;

const word = (index: number): string => `w${String(index).padStart(5, '0')}`;

/** An answer of four seconds, token by token: numbered words in paragraphs. */
export const pacedTokens: readonly string[] = Array.from(
  { length: tokensPerSecond * seconds },
  (_, index) => word(index) + ((index + 1) % tokensPerParagraph === 0 ? '\n\n' : ' '),
);

/** The numbers of all whole words in a text, in its order. */
export function tokensIn(text: string): number[] {
  return [...text.matchAll(/w(\d{5})/g)].map(([, digits]) => Number(digits));
}

/** Names a file that the paced server writes to when it has answered: when each token was sent, in milliseconds since 1970. */
export const sentVariable = 'VIDEOCHAT_BENCH_SENT';
