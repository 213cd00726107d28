/** A text as a GBNF literal: the answer says exactly this. */
export function literal(text: string): string {
  const body = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') {
      return `\\${character}`;
    }
    return code >= 0x20 && code < 0x7f ? character : `\\U${code.toString(16).padStart(8, '0')}`;
  });
  return `"${body.join('')}"`;
}

/** One of several texts. */
export function oneOf(texts: readonly string[]): string {
  return `(${texts.map(literal).join(' | ')})`;
}

/** Whole numbers from 0 to `max` without leading zeros, as GBNF. */
export function wholeNumber(max: number): string {
  const digits = String(Math.trunc(max));
  const parts = digits.length === 1 ? [] : [`[0-9]${digits.length > 2 ? ` | [1-9] [0-9]{1,${digits.length - 2}}` : ''}`];
  // As long as the greatest: the same beginning, then less, then anything.
  [...digits].forEach((digit, at) => {
    const low = at === 0 && digits.length > 1 ? 1 : 0;
    const below = Number(digit) - 1;
    if (below >= low) {
      const rest = digits.length - at - 1;
      parts.push(`${at > 0 ? `${literal(digits.slice(0, at))} ` : ''}[${low}-${below}]${rest > 0 ? ` [0-9]{${rest}}` : ''}`);
    }
  });
  parts.push(literal(digits));
  return `(${parts.join(' | ')})`;
}
