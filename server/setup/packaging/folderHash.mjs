import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

/** A hash over the names, modes and contents of all files below a folder. */
export async function folderHash(folder) {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  const lines = [];
  for (const file of files.sort()) {
    const { mode } = await lstat(file);
    lines.push(`${path.relative(folder, file)} ${(mode & 0o777).toString(8)} ${await fileHash(file)}`);
  }
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

export async function fileHash(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
