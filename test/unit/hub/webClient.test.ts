import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileAddress, hubEndpoint } from '../../../server/hub/hubAddress.js';
import { hubCacheFolder } from '../../../server/hub/hubCache.js';
import { PassingTrouble, retryAfterMs } from '../../../server/hub/hubErrors.js';
import { WebClient } from '../../../server/hub/webClient.js';
import { ErrorCode } from '../../../server/protocol/index.js';

describe('a client behind a proxy', () => {
  const asked: string[] = [];
  let proxy: Server;
  let address: string;
  beforeEach(async () => {
    asked.length = 0;
    proxy = createServer();
    proxy.on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  });

  async function ask(env: NodeJS.ProcessEnv, url = 'https://hub.invalid/file'): Promise<unknown> {
    const client = new WebClient(env);
    try {
      return await client.open(new URL(url), { method: 'HEAD' });
    } catch (error) {
      return error;
    } finally {
      await client.dispose();
    }
  }

  it('asks through it', async () => {
    expect(await ask({ HTTPS_PROXY: address })).toBeInstanceOf(PassingTrouble);
    expect(asked).toEqual(['hub.invalid:443']);
  });

  it('asks through the one of the lower case where both are there', async () => {
    await ask({ HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: address });
    expect(asked).toEqual(['hub.invalid:443']);
  });

  it.each([{ NO_PROXY: 'hub.invalid' }, { NO_PROXY: '*' }, { no_proxy: '.invalid' }])('passes it by with %o', async (env) => {
    expect(await ask({ HTTPS_PROXY: address, ...env })).toBeInstanceOf(PassingTrouble);
    expect(asked).toEqual([]);
  });

  it('never asks it for this machine', async () => {
    await ask({ HTTP_PROXY: address, HTTPS_PROXY: address }, 'http://127.0.0.1:1/file');
    expect(asked).toEqual([]);
  });
});

describe('addresses', () => {
  it('are those of the hub or of its mirror', () => {
    const file = { repo: 'owner/name', repoType: 'model' as const, revision: 'main', path: 'a b/c#d.gguf' };
    expect(fileAddress(hubEndpoint({}), file).href).toBe('https://huggingface.co/owner/name/resolve/main/a%20b/c%23d.gguf');
    expect(fileAddress(hubEndpoint({ HF_ENDPOINT: 'https://mirror.example/hub' }), { ...file, repoType: 'space' }).href).toBe('https://mirror.example/hub/spaces/owner/name/resolve/main/a%20b/c%23d.gguf');
  });

  it.each(['http://mirror.example', 'ftp://mirror.example', 'not an address', 'http://127.0.0.1.example'])('in the clear are refused: %s', (text) => {
    expect(() => hubEndpoint({ HF_ENDPOINT: text })).toThrow(expect.objectContaining({ code: ErrorCode.DownloadRefused }));
  });

  it('of the cache are those that other programs use', () => {
    expect(hubCacheFolder({ HF_HUB_CACHE: '/a', HF_HOME: '/b' })).toMatch(/a$/);
    expect(hubCacheFolder({ HF_HOME: '/b' })).toMatch(/b.hub$/);
    expect(hubCacheFolder({ XDG_CACHE_HOME: '/c' })).toMatch(/c.huggingface.hub$/);
  });
});

describe('Retry-After', () => {
  it('is a number of seconds or a date', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfterMs('3', now)).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect([retryAfterMs(null), retryAfterMs(''), retryAfterMs('soon')]).toEqual([undefined, undefined, undefined]);
  });
});
