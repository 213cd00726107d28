import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { PackArchive } from '../../../server/packs/packSchema.js';
import { PackSink } from '../../../server/packs/packSink.js';
import { unpackTar } from '../../../server/packs/unpackTar.js';
import { unpackZip } from '../../../server/packs/unpackZip.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { makeTgz, makeZip, type Member } from '../../fixtures/archives.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const library = Buffer.from('library '.repeat(1_000));
const sha256 = createHash('sha256').update(library).digest('hex');
const good: Member = { path: 'package/bins/lib.so', content: library };
const base: PackArchive = { format: 'tgz', url: 'https://registry.npmjs.org/a.tgz', take: 'package/', to: 'there', mostBytes: 100_000 };
const refused = { code: ErrorCode.ArchiveRefused };

let folder: string;
let sink: PackSink;
const sinkFor = (archive: Partial<PackArchive> = {}): PackSink => new PackSink({ ...base, ...archive }, join(folder, 'pack'), { onBytes: () => undefined });
const files = async (): Promise<string[]> => (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory()).map(({ name }) => name);

beforeEach(async () => {
  folder = await temporaryFolder();
  sink = sinkFor();
});
afterAll(removeTemporaryFolders);

async function unpack(archive: Buffer, how = unpackTar): Promise<void> {
  await writeFile(join(folder, 'archive'), archive);
  await how(join(folder, 'archive'), sink);
}

describe.each([
  ['tar', makeTgz, unpackTar],
  ['zip', makeZip, unpackZip],
] as const)('a %s', (_, make, how) => {
  it('gives what is wanted of it, with hashes', async () => {
    await unpack(make([{ path: 'other/readme' }, good, { path: 'package/note', content: Buffer.from('hello') }]), how);
    expect(sink.files).toEqual([
      { path: 'there/bins/lib.so', bytes: library.length, sha256 },
      { path: 'there/note', bytes: 5, sha256: createHash('sha256').update('hello').digest('hex') },
    ]);
    expect(library.equals(await readFile(join(folder, 'pack', 'there', 'bins', 'lib.so')))).toBe(true);
    expect((await files()).sort()).toEqual(['archive', 'lib.so', 'note']);
  });

  it.each(['../evil', '/evil', 'package/../../evil', 'C:/evil', 'package/..\\..\\evil'])('is refused with the name %s', async (path) => {
    await expect(unpack(make([good, { path, content: library }]), how)).rejects.toMatchObject(refused);
    expect(await files()).not.toContain('evil');
  });

  it('is refused where it unpacks to more than it may', async () => {
    sink = sinkFor({ mostBytes: 10_000 });
    await expect(unpack(make([good, { path: 'package/bomb', content: Buffer.alloc(1_000_000) }]), how)).rejects.toMatchObject(refused);
    expect(await files()).not.toContain('bomb');
  });

  it('is refused where two members have one name', async () => {
    await expect(unpack(make([good, good]), how)).rejects.toMatchObject(refused);
  });

  it('is refused where it breaks off, or is none', async () => {
    const whole = make([good, { path: 'package/more', content: library }]);
    await expect(unpack(whole.subarray(0, whole.length >> 1), how)).rejects.toMatchObject(refused);
    await expect(unpack(Buffer.from('<html>Sign in to the network</html>'), how)).rejects.toThrow();
  });

  it('is not taken where a file is not the one that is known', async () => {
    sink = sinkFor({ files: [{ path: 'bins/lib.so', bytes: library.length, sha256: sha256.replace(/^./, (first) => (first === '0' ? '1' : '0')) }] });
    await expect(unpack(make([good]), how)).rejects.toMatchObject({ code: ErrorCode.DownloadCorrupt });
    sink = sinkFor({ files: [{ path: 'lib.so', bytes: library.length, sha256 }] });
    await expect(unpack(make([good]), how)).rejects.toMatchObject(refused);
    sink = sinkFor({ only: ['missing.so'] });
    await expect(unpack(make([good]), how)).rejects.toMatchObject({ code: ErrorCode.DownloadCorrupt, message: expect.stringContaining('it lacks missing.so') });
  });
});

describe('links and devices', () => {
  it.each(['SymbolicLink', 'Link', 'CharacterDevice'] as const)('are refused in a tar: %s', async (type) => {
    await expect(unpack(makeTgz([{ path: 'package/evil', type, ...(type === 'CharacterDevice' ? {} : { linkpath: '/etc/passwd' }) }, good]))).rejects.toMatchObject(refused);
    expect(await files()).toEqual(['archive']);
  });

  it('are refused in a zip', async () => {
    await expect(unpack(makeZip([{ path: 'package/evil', content: Buffer.from('/etc/passwd'), mode: 0o120777 }, good]), unpackZip)).rejects.toMatchObject(refused);
  });
});

it('a zip that says less than it holds is refused', async () => {
  await expect(unpack(makeZip([{ ...good, says: 10 }]), unpackZip)).rejects.toMatchObject(refused);
});
