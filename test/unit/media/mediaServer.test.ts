import { once } from 'node:events';
import { appendFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CancellationToken } from '../../../server/common/cancellation.js';
import type { FrameRequest } from '../../../server/media/frameStore.js';
import { MediaServer } from '../../../server/media/mediaServer.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { openHttp, rawHttp } from '../../fakes/rawHttp.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const content = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

let server: MediaServer;
let path: string;
let lines: string[];
let frames: FrameRequest[];
let makeFrame: (request: FrameRequest, token: CancellationToken) => Promise<Buffer>;

beforeEach(async () => {
  lines = [];
  server = new MediaServer({ log: (level, message) => void lines.push(`${level}: ${message}`) });
  path = join(await temporaryFolder(), 'clip.mp4');
  await writeFile(path, content);
  frames = [];
  makeFrame = async () => Buffer.from('jpeg');
});
afterEach(() => server.dispose());
afterAll(removeTemporaryFolders);

async function publish(mediaId = 'media-1', file = path): ReturnType<MediaServer['publish']> {
  const { size, mtimeMs } = await stat(file);
  return server.publish({
    mediaId,
    file: { path: file, mimeType: 'video/mp4', isSame: (now) => Number(now.size) === size && Number(now.mtimeMs) === Math.trunc(mtimeMs) },
    frame: (request, token) => {
      frames.push(request);
      return makeFrame(request, token);
    },
    data: async (kind) => (kind === 'waveform' ? undefined : { contentType: 'application/json', body: Buffer.from(`"${kind}"`) }),
  });
}

describe('a stream', () => {
  it('is the file, with its type and length, for any page', async () => {
    const { url } = await publish();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/media-1$/);
    const { status, headers, body } = await rawHttp(`${url}/stream`, { headers: { origin: 'vscode-webview://abc' } });
    expect(status).toBe(200);
    expect(body.equals(content)).toBe(true);
    expect(headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it.each([
    ['bytes=0-0', 206, 'bytes 0-0/1000', 0, 1],
    ['bytes=100-', 206, 'bytes 100-999/1000', 100, 1000],
    ['bytes=100-199', 206, 'bytes 100-199/1000', 100, 200],
    ['bytes=-10', 206, 'bytes 990-999/1000', 990, 1000],
    ['bytes=990-2000', 206, 'bytes 990-999/1000', 990, 1000],
    ['bytes=5-1', 200, undefined, 0, 1000],
    ['bytes=0-1,4-5', 200, undefined, 0, 1000],
  ])('answers the range %s', async (range, wantStatus, contentRange, start, end) => {
    const { url } = await publish();
    const { status, headers, body } = await rawHttp(`${url}/stream`, { headers: { range } });
    expect(status).toBe(wantStatus);
    expect(headers['content-range']).toBe(contentRange);
    expect(headers['content-length']).toBe(String(end - start));
    expect(body.equals(content.subarray(start, end))).toBe(true);
    const head = await rawHttp(`${url}/stream`, { method: 'HEAD', headers: { range } });
    expect(head).toMatchObject({ status: wantStatus, headers: { 'content-length': String(end - start) } });
    expect(head.body).toHaveLength(0);
  });

  it('says where the file ends when a range begins behind it', async () => {
    const { url } = await publish();
    const { status, headers } = await rawHttp(`${url}/stream`, { headers: { range: 'bytes=1000-' } });
    expect(status).toBe(416);
    expect(headers['content-range']).toBe('bytes */1000');
  });

  it('takes If-Range for what it names, and gives the whole for anything else', async () => {
    const { url } = await publish();
    const { headers } = await rawHttp(`${url}/stream`, { method: 'HEAD' });
    const ask = async (condition = ''): Promise<number> =>
      (await rawHttp(`${url}/stream`, { headers: { range: 'bytes=0-9', 'if-range': condition } })).status;
    expect(await ask(headers.etag)).toBe(206);
    expect(await ask(headers['last-modified'])).toBe(206);
    expect(await ask('"other"')).toBe(200);
    expect(await ask(`W/${headers.etag}`)).toBe(200);
    expect(await ask('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(200);
  });

  it('is an empty answer for an empty file', async () => {
    await truncate(path, 0);
    const { url } = await publish();
    expect(await rawHttp(`${url}/stream`)).toMatchObject({ status: 200, headers: { 'content-length': '0' } });
  });

  it('is gone when the file is gone or was changed', async () => {
    const { url } = await publish();
    await appendFile(path, '!');
    expect((await rawHttp(`${url}/stream`)).status).toBe(410);
    await rm(path);
    expect((await rawHttp(`${url}/stream`)).status).toBe(410);
  });

  it('goes on only as fast as it is taken, ends with its publication, and leaves no file open', async () => {
    const large = join(await temporaryFolder(), 'large.mp4');
    await writeFile(large, '');
    await truncate(large, 2 ** 32);
    const publication = await publish('media-2', large);
    const before = process.memoryUsage().arrayBuffers;
    const answers = await Promise.all([1, 2, 3].map(() => openHttp(`${publication.url}/stream`)));
    for (const answer of answers) {
      expect(answer.headers['content-length']).toBe(String(2 ** 32));
      await once(answer, 'readable');
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    answers[0]?.destroy();
    const rest = answers.slice(1).map((answer) => once(answer.resume(), 'error'));
    await publication.dispose();
    expect(await Promise.all(rest)).toMatchObject([[{ code: 'ECONNRESET' }], [{ code: 'ECONNRESET' }]]);
    expect((await rawHttp(`${publication.url}/stream`)).status).toBe(404);
    expect(lines).toEqual([]);
  });

  it('closes the connection when the file becomes shorter while it is sent', async () => {
    const shrinking = join(await temporaryFolder(), 'shrinking.mp4');
    await writeFile(shrinking, '');
    await truncate(shrinking, 2 ** 30);
    const { url } = await publish('media-2', shrinking);
    const answer = await openHttp(`${url}/stream`);
    await once(answer, 'readable');
    await truncate(shrinking, 100);
    await expect(once(answer.resume(), 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('everything else', () => {
  it('is not there', async () => {
    const { url } = await publish();
    const { origin, pathname } = new URL(url);
    const [, token = '', media = ''] = pathname.split('/');
    const wrong = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    for (const each of [
      ...['/', '', `/${token}`, `/${token}/`, pathname, `${pathname}/`, `${pathname}/stream/`, `${pathname}/other`, `/${wrong}/${media}/stream`],
      ...[`/${token}/media-2/stream`, `/${token}/${media}/../../etc/passwd`, `/${token}/${media}/stream%00`, '/favicon.ico', '*', `//${token}`],
      ...[`${pathname}/stream/../../../../etc/passwd`, `/${token}/${media}/%73tream`, `/${'a'.repeat(10_000)}`],
    ]) {
      const answer = await rawHttp(origin, { path: each });
      expect([each.slice(0, 80), answer.status]).toEqual([each.slice(0, 80), 404]);
      expect(answer.body.toString()).not.toContain(token);
    }
  });

  it('is refused by method, and allowed to be asked for', async () => {
    const { url } = await publish();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
      const answer = await rawHttp(`${url}/stream`, { method });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } });
    }
    const preflight = { method: 'OPTIONS', headers: { 'access-control-request-private-network': 'true' } };
    expect(await rawHttp(`${url}/stream`, preflight)).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-headers': 'Range, If-Range', 'access-control-allow-private-network': 'true' },
    });
    expect((await rawHttp(new URL(url).origin, preflight)).status).toBe(404);
  });

  it('listens on the loopback interface only, and not at all after the end', async () => {
    const { url } = await publish();
    const { port } = new URL(url);
    await server.dispose();
    await expect(rawHttp(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(publish()).rejects.toMatchObject({ code: ErrorCode.ShuttingDown });
  });
});

describe('a frame', () => {
  it('is made for a time and a height', async () => {
    const { url } = await publish();
    const { status, headers, body } = await rawHttp(`${url}/frame?seconds=1.25&height=90`);
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: 'jpeg' });
    expect(headers).toMatchObject({ 'content-type': 'image/jpeg', 'content-length': '4', 'access-control-allow-origin': '*' });
    expect(headers['cache-control']).toMatch(/^private/);
    await rawHttp(`${url}/frame?seconds=0`);
    expect(frames).toEqual([{ seconds: 1.25, height: 90 }, { seconds: 0, height: 120 }]);
  });

  it.each(['', 'seconds=', 'seconds=-1', 'seconds=NaN', 'seconds=1e3', 'seconds=0x10', 'seconds=Infinity', 'seconds=1;2', 'seconds=1&height=0', 'seconds=1&height=9999', 'seconds=1&height=1.5', 'seconds=1&height=-5', `seconds=${'9'.repeat(400)}`])(
    'is not made for %j',
    async (query) => {
      const { url } = await publish();
      expect((await rawHttp(`${url}/frame?${query}`)).status).toBe(400);
      expect(frames).toEqual([]);
    },
  );

  it.each([
    [new VideoChatError(ErrorCode.InvalidRequest, 'Too many.'), 503],
    [new VideoChatError(ErrorCode.VideoUnknown, 'Changed.'), 410],
    [new VideoChatError(ErrorCode.VideoTruncated, 'Damaged.'), 500],
    [new Error('/secret/path'), 500],
  ])('that cannot be made says so: %s', async (error, want) => {
    makeFrame = () => Promise.reject(error);
    const { url } = await publish();
    const { status, body } = await rawHttp(`${url}/frame?seconds=1`);
    expect(status).toBe(want);
    expect(body.toString()).not.toContain('secret');
  });

  it('is no longer made when nobody waits for it', async () => {
    let cancelled: Promise<unknown> = Promise.resolve();
    let asked = (): void => undefined;
    const begun = new Promise<void>((resolve) => (asked = resolve));
    makeFrame = (_, token) => {
      cancelled = new Promise((resolve) => token.onCancellationRequested(resolve));
      asked();
      return new Promise(() => undefined);
    };
    const publication = await publish();
    const answer = rawHttp(`${publication.url}/frame?seconds=1`);
    answer.catch(() => undefined);
    await begun;
    await publication.dispose();
    await cancelled;
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('data about the clip', () => {
  it('is answered by kind, and 204 where the clip has none', async () => {
    const { url } = await publish();
    const times = await rawHttp(`${url}/times`);
    expect([times.status, times.headers['content-type'], times.body.toString()]).toEqual([200, 'application/json', '"times"']);
    expect(await rawHttp(`${url}/waveform?start=0`)).toMatchObject({ status: 204 });
    expect(await rawHttp(`${url}/elsewhere`)).toMatchObject({ status: 404 });
  });
});
