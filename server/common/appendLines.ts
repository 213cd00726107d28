import { appendFile, open } from 'node:fs/promises';

/**
 * Adds lines at the end of a file, on lines of their own also where another process stopped in the middle of one.
 *
 * @param mostBytes a file that is as large as this stays as it is
 * @returns whether they were added
 * @throws Error of the file system
 */
export async function appendLines(path: string, lines: readonly string[], mostBytes: number): Promise<boolean> {
  const { size, endsInLine } = await endOf(path);
  if (size >= mostBytes) return false;
  await appendFile(path, `${endsInLine ? '\n' : ''}${lines.join('\n')}\n`);
  return true;
}

async function endOf(path: string): Promise<{ size: number; endsInLine: boolean }> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return { size: 0, endsInLine: false };
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    await file.read(last, 0, 1, Math.max(0, size - 1));
    return { size, endsInLine: size > 0 && last[0] !== 0x0a };
  } finally {
    await file.close();
  }
}
