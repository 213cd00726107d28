import { fileURLToPath } from 'node:url';

/** Folders of this machine among the roots that a client names; what is no address of one is left out. */
export function rootFolders(roots: readonly { uri: string }[]): string[] {
  return roots.flatMap(({ uri }) => {
    try {
      return [fileURLToPath(uri)];
    } catch {
      return [];
    }
  });
}
