/** Longest text of an event or a caption in a context: what is longer is cut. */
const longest = 160; // characters

const speakers = /\b(human|assistant|user|system)\s*:/gi;

/**
 * A text from outside (read off the screen, said, written by a person) as one harmless line of a context: no line breaks,
 * control characters, quotes, marks of a prompt's turns or placeholders, and no more than 160 characters.
 *
 * @returns `?` where nothing is left
 */
export function neutralText(text: string, most = longest): string {
  const line = text
    // Far more than is kept: the rest need not be looked at.
    .slice(0, most * 8)
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/["“”„«»]/g, "'")
    .replace(/[<[{]+/g, '(')
    .replace(/[>\]}]+/g, ')')
    .replace(/#(?:\s*#)+/g, '#')
    .replace(speakers, '$1 -')
    .trim();
  const letters = [...line];
  const kept = letters.length > most ? `${letters.slice(0, most - 3).join('').trimEnd()}...` : line;
  return kept === '' ? '?' : kept;
}
