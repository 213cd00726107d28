import { readFile, stat } from 'node:fs/promises';

/**
 * The lines of a file that appendLines fills, without empty ones; none where it is missing, cannot be read, or is
 * larger than `mostBytes`.
 */
export async function readLines(path: string, mostBytes: number): Promise<string[]> {
  const size = await stat(path).then((stats) => stats.size, () => 0);
  const text = size > 0 && size <= mostBytes ? await readFile(path, 'utf8').catch(() => '') : '';
  return text.split('\n').filter((line) => line !== '');
}
