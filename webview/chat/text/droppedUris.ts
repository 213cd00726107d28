/** What a drag carries: the editor's own list first, which has every scheme, then the standard one. */
export const uriTypes = ['application/vnd.code.uri-list', 'text/uri-list'] as const;

/** The URIs of a drop, without comments and doubles; empty if it carried none. */
export function droppedUris(data: Pick<DataTransfer, 'getData'>): string[] {
  for (const type of uriTypes) {
    const uris = data
      .getData(type)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => /^[a-z][a-z0-9+.-]*:/i.test(line) && !line.startsWith('#'));
    if (uris.length > 0) {
      return [...new Set(uris)].slice(0, 64);
    }
  }
  return [];
}
