/** The JSON object in an answer that may stand in a block of code or between other words; undefined where there is none. */
export function readJson(text: string): unknown {
  const first = text.indexOf('{');
  const last = text.lastIndexOf('}');
  if (first < 0 || last < first) {
    return undefined;
  }
  try {
    return JSON.parse(text.slice(first, last + 1));
  } catch {
    return undefined;
  }
}
