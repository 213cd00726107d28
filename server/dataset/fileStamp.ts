import { stat } from 'node:fs/promises';

/** Is another after each change of a file, whoever makes it; undefined while there is none. */
export async function fileStamp(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.mtimeNs} ${stats.size} ${stats.ino}`;
}
