import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWriteProtected, removeWriteProtection } from '../../../../extension/annotate/writeProtection.js';

describe('a write-protected document', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'videochat-protected-'));
    path = join(folder, 'a.mp4.videochat.json');
    await writeFile(path, '{}');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is known as one, whoever asks, and can be freed', async () => {
    expect(await isWriteProtected(path)).toBe(false);
    await chmod(path, 0o444);
    expect(await isWriteProtected(path)).toBe(true);
    await removeWriteProtection(path);
    expect(await isWriteProtected(path)).toBe(false);
    // Others get no more rights than they had.
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('is none where there is no document yet', async () => {
    expect(await isWriteProtected(join(folder, 'none.json'))).toBe(false);
    await expect(removeWriteProtection(join(folder, 'none.json'))).rejects.toThrow('ENOENT');
  });
});
