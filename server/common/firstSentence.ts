/** The beginning of a text in Markdown, up to the end of its first sentence, on one line and without markup. */
export function firstSentence(markdown: string, longest = 120): string {
  const plain = markdown
    .replace(/^\s*(?:[-*>]|#{1,6})\s+/gm, '')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const sentence = /^.*?[.!?。！？](?=\s|$)/u.exec(plain)?.[0] ?? plain;
  return sentence.length > longest ? `${sentence.slice(0, longest - 1).trimEnd()}…` : sentence;
}
