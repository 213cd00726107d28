import { describe, expect, it } from 'vitest';
import { hubEnvironment } from '../../../extension/server/hubEnvironment.js';

const network = (values: Record<string, unknown> = {}) => ({ get: (key: string) => values[key] });

describe('what the server is told of the hub', () => {
  it('is nothing where nothing was chosen: the environment counts', () => {
    expect(hubEnvironment({}, network({ proxy: '', noProxy: ['a'] }))).toEqual({});
  });

  it('is the mirror and the cache', () => {
    expect(hubEnvironment({ endpoint: 'https://mirror.example', cacheFolder: '/hub' }, network())).toEqual({ HF_ENDPOINT: 'https://mirror.example', HF_HUB_CACHE: '/hub' });
  });

  it('is the proxy of the editor, whichever case the environment has', () => {
    expect(hubEnvironment({}, network({ proxy: 'http://proxy:8080', noProxy: ['a.example', 7, 'b'] }))).toEqual({
      ...{ HTTP_PROXY: 'http://proxy:8080', http_proxy: 'http://proxy:8080', HTTPS_PROXY: 'http://proxy:8080', https_proxy: 'http://proxy:8080' },
      ...{ NO_PROXY: 'a.example,b', no_proxy: 'a.example,b' },
    });
  });

  it('is no proxy where extensions are to use none', () => {
    expect(hubEnvironment({}, network({ proxy: 'http://proxy:8080', proxySupport: 'off' }))).toEqual({});
  });
});
