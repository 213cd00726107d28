/** The host's translations are in the page, so that its first words are already in the person's language. */
export function translations(): unknown {
  try {
    return JSON.parse(document.getElementById('strings')?.textContent ?? 'null');
  } catch {
    return undefined;
  }
}
