import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AtomicFile, replaceFile } from '../../../server/dataset/atomicFile.js';
import { lockPath } from '../../../server/dataset/fileLock.js';
import { fileStamp } from '../../../server/dataset/fileStamp.js';
import { removeStale, temporaryPath } from '../../../server/dataset/temporaryFiles.js';
import { notWritten } from '../../../server/dataset/writing.js';
import { ErrorCode } from '../../../server/protocol/index.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'videochat-atomic-'));
  path = join(folder, 'a.json');
  await writeFile(path, 'old');
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const names = async (): Promise<string[]> => (await readdir(folder)).sort();

describe('a file that is replaced', () => {
  it('is the old one until it is the new one, and may be read and written by the same people', async () => {
    await chmod(path, 0o660);
    const file = await AtomicFile.create(path);
    await file.write('new');
    await file.finish();
    expect(await readFile(path, 'utf8')).toBe('old');
    await file.publish();
    await file.discard();
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    expect(await names()).toEqual(['a.json']);
  });

  it('stays where it is write-protected, whoever asks', async () => {
    await chmod(path, 0o444);
    await expect(replaceFile(path, 'new')).rejects.toMatchObject({
      code: ErrorCode.AnnotationsNotWritten,
      message: `${path} is read-only, or the folder that it is in.`,
      data: { hint: expect.stringContaining('Allow writing there') as unknown, subject: path },
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await names()).toEqual(['a.json']);
  });

  it('stays where something else stands in the way, and nothing is left beside it', async () => {
    await mkdir(join(folder, 'b.json', 'full'), { recursive: true });
    await expect(replaceFile(join(folder, 'b.json'), 'new')).rejects.toMatchObject({ code: ErrorCode.AnnotationsNotWritten });
    await expect(replaceFile(join(path, 'below'), 'new')).rejects.toMatchObject({ code: ErrorCode.AnnotationsNotWritten });
    expect(await replaceFile(path, 'new', async () => false)).toBe(false);
    await expect(replaceFile(path, 'new', () => Promise.reject(new Error('no')))).rejects.toMatchObject({ code: ErrorCode.AnnotationsNotWritten });
    expect(await names()).toEqual(['a.json', 'b.json']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it('has what each of many has added who look at it first', async () => {
    await writeFile(path, '[]');
    const add = async (item: number): Promise<void> => {
      for (;;) {
        const before = await fileStamp(path);
        const items = JSON.parse(await readFile(path, 'utf8')) as number[];
        if (await replaceFile(path, JSON.stringify([...items, item]), async () => (await fileStamp(path)) === before)) {
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, i) => add(i)));
    expect((JSON.parse(await readFile(path, 'utf8')) as number[]).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(await names()).toEqual(['a.json']);
  });

  it('is not kept for ever by the lock of a process that was killed', async () => {
    await writeFile(lockPath(path), '');
    expect(await replaceFile(path, 'new', async () => true)).toBe(true);
    expect(await names()).toEqual(['a.json']);
  }, 30_000);
});

describe('what killed processes left', () => {
  it('is removed at once on the same machine, an hour later on another, and never while it is written', async () => {
    const own = temporaryPath(path);
    const dead = own.replace(`.${process.pid}.`, '.999999999.');
    const foreign = `${path}.123.0000aaaabbbb.tmp`.replace('0000', own.includes('.0000') ? '1111' : '0000');
    const old = foreign.replace('aaaa', 'cccc');
    const similar = join(folder, 'notes.tmp');
    for (const each of [own, dead, foreign, old, lockPath(path), similar]) {
      await writeFile(each, '{"half":');
    }
    await mkdir(join(dead.replace('a.json', 'heaps'), 'full'), { recursive: true });
    await utimes(old, 1, 1);
    await removeStale(folder);
    expect(await names()).toEqual(['a.json', own, foreign, lockPath(path), similar].map((each) => basename(each)).sort());
    await utimes(lockPath(path), 1, 1);
    await removeStale(folder);
    await removeStale(join(folder, 'nowhere'));
    expect(await names()).not.toContain('a.json.lock.tmp');
  });
});

describe('an error of the file system', () => {
  it.each([
    ['ENOSPC', ErrorCode.DiskFull, /There is no room left/],
    ['EDQUOT', ErrorCode.DiskFull, /There is no room left/],
    ['EROFS', ErrorCode.AnnotationsNotWritten, /is read-only/],
    ['EACCES', ErrorCode.AnnotationsNotWritten, /is read-only/],
    ['EIO', ErrorCode.AnnotationsNotWritten, /could not be written: bad/],
  ])('%s has a code and says what to do', (code, expected, message) => {
    expect(notWritten('/a', Object.assign(new Error('bad'), { code }))).toMatchObject({ code: expected, message: expect.stringMatching(message), data: { hint: expect.any(String), subject: '/a' } });
  });
});
