import { link, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { writeWhole } from '../common/writeWhole.js';
import type { FileFacts } from './askFile.js';
import { type HubFile, type HubRepoFolder, isCommit } from './hubCache.js';

/** Gives a blob the names by which other programs look for it: the path in its commit, and the commit of its branch. */
export async function nameInSnapshot(folder: HubRepoFolder, file: HubFile, { commit, etag }: FileFacts): Promise<void> {
  const name = folder.snapshot(commit, file.path);
  await mkdir(dirname(name), { recursive: true });
  const temporary = `${name}.${randomUUID()}.tmp`;
  try {
    // Windows lets only some make symbolic links; the content of two names is one there, too.
    await symlink(folder.linkTarget(file.path, etag), temporary).catch(() => link(folder.blob(etag), temporary));
    await rename(temporary, name);
  } catch {
    // The blob is there, which is what counts.
    await rm(temporary, { force: true });
  }
  if (!isCommit(file.revision)) {
    await mkdir(dirname(folder.ref(file.revision)), { recursive: true });
    await writeWhole(folder.ref(file.revision), commit);
  }
}
