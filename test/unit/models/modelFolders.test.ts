import { mkdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { discoverModels } from '../../../server/models/discoverModels.js';
import { FileHashes } from '../../../server/models/fileHashes.js';
import { requiredFiles } from '../../../server/models/modelFiles.js';
import { verifyModelFiles } from '../../../server/models/verifyModelFiles.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { makeTinyModel, removeTemporaryFolders, sha256, temporaryFolder, writeManifest } from '../../fixtures/tinyEncoder.js';

afterAll(removeTemporaryFolders);

const code = (expected: number): unknown => expect.objectContaining({ code: expected });

describe('discoverModels', () => {
  it('lists models and broken ones alike', async () => {
    const root = await temporaryFolder();
    const { manifest } = await makeTinyModel();
    await writeManifest(join(root, 'good'), manifest);
    await writeManifest(join(root, 'twin'), manifest);
    await writeManifest(join(root, 'unknown-field'), { ...manifest, id: 'other', colour: 'red' });
    await writeManifest(join(root, 'bad-template'), {
      ...manifest,
      id: 'bad',
      prompt: { ...manifest.prompt, template: '{% if %}' },
    });
    await mkdir(join(root, 'text'));
    await writeFile(join(root, 'text', 'manifest.json'), 'not json at all');
    await mkdir(join(root, 'huge'));
    await writeFile(join(root, 'huge', 'manifest.json'), ' '.repeat(2 * 1024 * 1024));
    await mkdir(join(root, 'empty'));

    const warnings: string[] = [];
    const logger = { log: (_: string, message: string) => void warnings.push(message) };
    const entries = await discoverModels([root, join(root, 'no-such-folder')], logger);
    const byFolder = Object.fromEntries(entries.map((entry) => [entry.folder.slice(root.length + 1), entry]));

    expect(Object.keys(byFolder).sort()).toEqual(['bad-template', 'good', 'huge', 'text', 'twin', 'unknown-field']);
    expect(byFolder['good']).toMatchObject({ id: 'tiny', manifest: { id: 'tiny' } });
    expect(byFolder['good']?.problem).toBeUndefined();
    expect(String(byFolder['twin']?.problem)).toContain('already taken');
    expect(String(byFolder['unknown-field']?.problem)).toContain('"colour"');
    expect(String(byFolder['bad-template']?.problem)).toContain('template');
    expect(String(byFolder['text']?.problem)).toContain('not JSON');
    expect(String(byFolder['huge']?.problem)).toContain('larger');
    expect(entries.filter((entry) => entry.problem).every((entry) => entry.manifest === undefined)).toBe(true);
    expect(warnings.some((warning) => warning.includes('no-such-folder'))).toBe(true);
  });

  it('takes a model folder itself, once', async () => {
    const { folder } = await makeTinyModel();
    const entries = await discoverModels([folder, folder, dirname(folder)], silentLogger);
    expect(entries.map((entry) => entry.folder)).toEqual([folder]);
  });
});

describe('verifyModelFiles', () => {
  it('accepts whole files and reports progress up to 1', async () => {
    const { folder, manifest } = await makeTinyModel();
    const fractions: number[] = [];
    await verifyModelFiles({ id: 'tiny', folder, manifest }, requiredFiles(manifest), (f) => fractions.push(f));
    expect(requiredFiles(manifest)).toEqual(['vision-fp32', 'language-f16']);
    expect(fractions.at(-1)).toBe(1);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  });

  it('refuses a missing file, a folder, another size, another hash', async () => {
    const { folder, manifest } = await makeTinyModel();
    const verify = (): Promise<void> => verifyModelFiles({ id: 'tiny', folder, manifest }, ['language-f16']);
    const path = join(folder, 'language.gguf');
    await writeFile(path, 'GGUF, but not reallY');
    await expect(verify()).rejects.toEqual(code(ErrorCode.ModelHashMismatch));
    await writeFile(path, 'short');
    await expect(verify()).rejects.toThrow('5 bytes instead of 20');
    await rename(path, join(folder, 'moved'));
    await expect(verify()).rejects.toEqual(code(ErrorCode.ModelFileMissing));
    await mkdir(path);
    await expect(verify()).rejects.toEqual(code(ErrorCode.ModelFileMissing));
  });

  it('refuses a link that leads out of the folder, and follows one inside', async () => {
    const { folder, manifest } = await makeTinyModel();
    const verify = (): Promise<void> => verifyModelFiles({ id: 'tiny', folder, manifest }, ['language-f16']);
    await rename(join(folder, 'language.gguf'), join(folder, 'real'));
    await symlink('real', join(folder, 'language.gguf'));
    await expect(verify()).resolves.toBeUndefined();
    await rename(join(folder, 'real'), join(folder, '..', 'real'));
    await rename(join(folder, 'language.gguf'), join(folder, 'old'));
    await symlink(join('..', 'real'), join(folder, 'language.gguf'));
    await expect(verify()).rejects.toEqual(code(ErrorCode.ManifestInvalid));
  });

  it('verifies companions too', async () => {
    const { folder, manifest } = await makeTinyModel();
    manifest.files['vision-fp32']!.companions = ['data'];
    manifest.files['data'] = { path: 'data.bin', bytes: 3, sha256: sha256(Buffer.from('abc')) };
    const verify = (): Promise<void> => verifyModelFiles({ id: 'tiny', folder, manifest }, ['vision-fp32']);
    await expect(verify()).rejects.toThrow('data.bin');
    await writeFile(join(folder, 'data.bin'), 'abc');
    await expect(verify()).resolves.toBeUndefined();
  });

  it('fails typed for a broken manifest, an unknown key, and when cancelled', async () => {
    const { folder, manifest } = await makeTinyModel();
    const broken = verifyModelFiles({ id: 'x', folder, problem: 'The manifest is not JSON.' }, []);
    await expect(broken).rejects.toThrow('The manifest is not JSON.');
    await expect(verifyModelFiles({ id: 'x', folder, manifest }, ['constructor'])).rejects.toEqual(
      code(ErrorCode.ManifestInvalid),
    );
    const source = new CancellationTokenSource();
    source.cancel();
    await expect(
      verifyModelFiles({ id: 'x', folder, manifest }, ['vision-fp32'], undefined, source.token),
    ).rejects.toEqual(code(ErrorCode.RequestCancelled));
  });
});

describe('FileHashes', () => {
  const hashed = async (hashes: FileHashes, path: string): Promise<{ sha256: string; read: number }> => {
    let read = 0;
    return { sha256: await hashes.sha256(path, () => read++), read };
  };

  it('remembers over restarts until the file changes, and survives a damaged store', async () => {
    const [cache, folder] = [await temporaryFolder(), await temporaryFolder()];
    const path = join(folder, 'file');
    const big = Buffer.alloc(3 * 1024 * 1024, 1);
    await writeFile(path, big);
    // Reading takes one step per MiB; remembering takes one.
    expect(await hashed(new FileHashes(cache), path)).toEqual({ sha256: sha256(big), read: 3 });
    expect(await hashed(new FileHashes(cache), path)).toEqual({ sha256: sha256(big), read: 1 });
    expect((await hashed(new FileHashes(), path)).read).toBe(3);

    big[5] = 2;
    await writeFile(path, big);
    await utimes(path, 1, 1);
    expect(await hashed(new FileHashes(cache), path)).toEqual({ sha256: sha256(big), read: 3 });

    await writeFile(join(cache, 'file-hashes.json'), '{"version":1,"files":{"a":');
    expect(await hashed(new FileHashes(cache), path)).toEqual({ sha256: sha256(big), read: 3 });
    expect((await hashed(new FileHashes(cache), path)).read).toBe(1);
  });

  it('works without a writable cache folder', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'file');
    await writeFile(path, 'abc');
    const hashes = new FileHashes(join(path, 'not-a-folder'));
    expect((await hashed(hashes, path)).sha256).toBe(sha256(Buffer.from('abc')));
  });
});
