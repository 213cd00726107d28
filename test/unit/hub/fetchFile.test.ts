import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { askWanted, type FetchedFile, fetchFile, type FetchProgress, type WantedFile } from '../../../server/hub/fetchFile.js';
import { HubRepoFolder } from '../../../server/hub/hubCache.js';
import { lockPath } from '../../../server/hub/partLock.js';
import { WebClient } from '../../../server/hub/webClient.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { hubCommit, HubServer } from '../../fakes/hubServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const code = (expected: number): unknown => expect.objectContaining({ code: expected });

let hub: HubServer;
let client: WebClient;
let cacheFolder: string;
const progress: FetchProgress[] = [];
const file: WantedFile = { repo: 'owner/name', repoType: 'model', revision: 'main', path: 'sub/weights.bin' };
const repo = (): HubRepoFolder => new HubRepoFolder(cacheFolder, file);

beforeEach(async () => {
  hub = await HubServer.start();
  hub.add('owner/name/sub/weights.bin', content);
  client = new WebClient({});
  cacheFolder = await temporaryFolder();
  progress.length = 0;
});
afterEach(async () => {
  await client.dispose();
  await hub.dispose();
});
afterAll(removeTemporaryFolders);

async function fetch(wanted: WantedFile = file, secret?: string, token = cancellationSource().token): Promise<FetchedFile> {
  const access = { client, endpoint: new URL(hub.endpoint), ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
  const facts = await askWanted(access, wanted, token);
  return fetchFile(access, wanted, facts, { cacheFolder, token, onProgress: (step) => void progress.push(step) });
}

async function left(): Promise<string[]> {
  return (await readdir(join(repo().folder, 'blobs'))).filter((name) => name.includes('incomplete'));
}

describe('a file of the hub', () => {
  it('comes into the cache under the names that other programs look for', async () => {
    const got = await fetch();
    expect(got).toEqual({ path: repo().blob(sha256), commit: hubCommit, etag: sha256, bytes: content.length, sha256, from: 'hub' });
    expect(content.equals(await readFile(got.path))).toBe(true);
    expect(content.equals(await readFile(repo().snapshot(hubCommit, file.path)))).toBe(true);
    if (process.platform !== 'win32') {
      expect(await readlink(repo().snapshot(hubCommit, file.path))).toBe(`../../../blobs/${sha256}`);
    }
    expect(await readFile(repo().ref('main'), 'utf8')).toBe(hubCommit);
    expect(await left()).toEqual([]);
  });

  it('is not fetched where another program has it', async () => {
    await mkdir(join(repo().folder, 'blobs'), { recursive: true });
    await writeFile(repo().blob(sha256), content);
    expect((await fetch()).from).toBe('cache');
    expect(hub.requests.some(({ server }) => server === 'store')).toBe(false);
  });

  it('replaces one in the cache that is damaged', async () => {
    await fetch();
    await writeFile(repo().blob(sha256), Buffer.alloc(content.length));
    expect((await fetch()).from).toBe('hub');
    expect(content.equals(await readFile(repo().blob(sha256)))).toBe(true);
  });

  it('may be small, and named by git', async () => {
    hub.add('owner/name/config.json', Buffer.from('{}\n'), false);
    const got = await fetch({ ...file, path: 'config.json' });
    expect(got).toMatchObject({ etag: '0967ef424bce6791893e9a57bb952f80fd536e93', bytes: 3 });
  });

  it('goes on after every cut, and each byte comes once', async () => {
    hub.faults.cutEvery = 0.04;
    expect((await fetch()).sha256).toBe(sha256);
    const sent = hub.requests.filter(({ server }) => server === 'store');
    expect(sent.length).toBe(25);
    expect(new Set(sent.map(({ range }) => range)).size).toBe(25);
  });

  it('begins anew at each cut where the server knows no ranges, until it gives up', async () => {
    hub.faults.noRanges = true;
    hub.faults.store.push({ status: 503, headers: { 'retry-after': '0' } });
    expect((await fetch()).sha256).toBe(sha256);
  });

  it('goes on without tags of the store, since the hub names the content', async () => {
    Object.assign(hub.faults, { noTags: true, cutEvery: 0.4 });
    expect((await fetch()).sha256).toBe(sha256);
    expect(hub.requests.filter(({ server, range }) => server === 'store' && range !== undefined)).toHaveLength(2);
  });

  it('is thrown away where bytes are wrong', async () => {
    hub.faults.wrongByte = true;
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
    expect(await left()).toEqual([]);
    await expect(stat(repo().blob(sha256))).rejects.toThrow();
  });

  it('is begun anew where what was left behind is wrong', async () => {
    hub.faults.slowMs = 20;
    const source = cancellationSource();
    const pausing = fetch(file, undefined, source.token);
    await expect.poll(() => progress.some(({ here }) => here > 0)).toBe(true);
    source.cancel();
    await expect(pausing).rejects.toEqual(code(ErrorCode.RequestCancelled));
    const part = repo().part(sha256);
    await writeFile(part, Buffer.alloc((await stat(part)).size));
    delete hub.faults.slowMs;
    expect((await fetch()).sha256).toBe(sha256);
  });

  it('is never put together of two files', async () => {
    const other = randomBytes(content.length);
    Object.assign(hub.faults, { cutEvery: 0.5, swap: { after: 1, content: other } });
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
    expect(await left()).toEqual([]);
    Object.assign(hub.faults, { swap: { after: 0, content: other, alsoOnHub: true } });
    await expect(fetch({ ...file, sha256 })).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
  });

  it('is refused where it is not the one that is known', async () => {
    await expect(fetch({ ...file, sha256: 'a'.repeat(64) })).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
    await expect(fetch({ ...file, bytes: 5 })).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
    expect(hub.requests.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('is refused where it was packed on the way', async () => {
    hub.faults.encoding = 'gzip';
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadCorrupt));
  });

  it('is fetched by one at a time', async () => {
    hub.faults.slowMs = 5;
    const all = await Promise.all([fetch(), fetch(), fetch()]);
    expect(all.map(({ from }) => from).sort()).toEqual(['cache', 'cache', 'hub']);
    expect(hub.requests.filter(({ server }) => server === 'store')).toHaveLength(1);
    expect(progress.some(({ stage }) => stage === 'waiting')).toBe(true);
  });

  it('is fetched where a killed process has left its lock', async () => {
    const part = repo().part(sha256);
    await mkdir(join(repo().folder, 'blobs'), { recursive: true });
    await writeFile(lockPath(part), JSON.stringify({ id: 'x', pid: 2 ** 22 + 1, host: hostname() }));
    expect((await fetch()).from).toBe('hub');
  });

  it('stays where it was paused, and goes on from there', async () => {
    hub.faults.slowMs = 20;
    const source = cancellationSource();
    const pausing = fetch(file, undefined, source.token);
    await expect.poll(() => progress.some(({ stage, here }) => stage === 'fetching' && here > 0)).toBe(true);
    source.cancel();
    await expect(pausing).rejects.toEqual(code(ErrorCode.RequestCancelled));
    const { size } = await stat(repo().part(sha256));
    expect(size).toBeGreaterThan(0);
    delete hub.faults.slowMs;
    expect((await fetch()).sha256).toBe(sha256);
    expect(hub.requests.at(-1)?.range).toBe(`bytes=${size}-`);
  });
});

describe('a hub that says no', () => {
  it.each([
    [401, ErrorCode.TokenNeeded],
    [403, ErrorCode.LicenceNotAccepted],
    [404, ErrorCode.NotOnHub],
    [418, ErrorCode.DownloadFailed],
  ])('with status %i is not asked again', async (status, expected) => {
    hub.faults.hub.push({ status });
    await expect(fetch()).rejects.toEqual(code(expected));
    expect(hub.requests).toHaveLength(1);
  });

  it('for now is asked again when it wants to be', async () => {
    hub.faults.hub.push({ status: 503, headers: { 'retry-after': '0' } }, { status: 429, headers: { 'retry-after': new Date().toUTCString() } });
    hub.faults.store.push({ status: 500, headers: { 'retry-after': '0' } });
    expect((await fetch()).sha256).toBe(sha256);
  });

  it('for long is not waited for', async () => {
    hub.faults.hub.push({ status: 429, headers: { 'retry-after': '3600' } });
    await expect(fetch()).rejects.toMatchObject({ code: ErrorCode.HubBusy, data: { hint: expect.stringContaining('60 minutes') as string } });
  });

  it('again and again is given up', async () => {
    hub.faults.hub.push(...Array.from({ length: 20 }, () => ({ status: 502, headers: { 'retry-after': '0' } })));
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadFailed));
    expect(hub.requests).toHaveLength(6);
  });

  it('never sees where the token does not belong', async () => {
    hub.faults.wantsToken = 'hf_secret';
    await expect(fetch()).rejects.toEqual(code(ErrorCode.TokenNeeded));
    await expect(fetch(file, 'hf_wrong')).rejects.toMatchObject({ message: expect.not.stringContaining('hf_wrong') as string });
    expect((await fetch(file, 'hf_secret')).sha256).toBe(sha256);
    const sent = hub.requests.filter(({ server }) => server === 'store');
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('cannot send anybody where nothing is encrypted', async () => {
    hub.faults.redirect = 'http://files.example.org/x';
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadRefused));
    hub.faults.redirect = 'file:///etc/passwd';
    await expect(fetch()).rejects.toEqual(code(ErrorCode.DownloadRefused));
  });
});
