import { delimiter, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultCacheFolder, packageRoot, packageVersion, resolveSettings } from '../../../server/settings.js';

const absolute = (name: string): string => resolve('/', name);

describe('settings', () => {
  it('have a value where nobody gave one', () => {
    expect(resolveSettings({}, {})).toEqual({
      ffmpegPath: undefined,
      modelFolders: [join(packageRoot(), 'models')],
      cacheFolder: resolve(defaultCacheFolder({})),
      cacheBytes: 1024 ** 3,
      threads: 0,
      executionProvider: 'auto',
      languageDevice: 'auto',
      gpuLayers: -1,
      gpuPacks: true,
      longClipSeconds: 180,
      speechFallback: 'off',
    });
  });

  it('come from the environment', () => {
    const settings = resolveSettings({}, {
      VIDEOCHAT_FFMPEG: '/opt/ffmpeg',
      VIDEOCHAT_MODELS: [absolute('a'), '', absolute('b')].join(delimiter),
      VIDEOCHAT_CACHE: absolute('cache'),
      VIDEOCHAT_CACHE_BYTES: '1000',
      VIDEOCHAT_THREADS: '3',
      VIDEOCHAT_PROVIDER: 'cpu',
      VIDEOCHAT_DEVICE: 'vulkan',
      VIDEOCHAT_GPU_LAYERS: '7',
    });
    expect(settings).toMatchObject({ ffmpegPath: '/opt/ffmpeg', cacheFolder: absolute('cache'), cacheBytes: 1000, threads: 3 });
    expect(settings).toMatchObject({ executionProvider: 'cpu', languageDevice: 'vulkan', gpuLayers: 7 });
    expect(settings.modelFolders).toEqual([absolute('a'), absolute('b'), join(packageRoot(), 'models')]);
  });

  it('of the client win, and model folders add up', () => {
    const env = { VIDEOCHAT_THREADS: '3', VIDEOCHAT_MODELS: absolute('env'), VIDEOCHAT_CACHE: absolute('env') };
    const settings = resolveSettings({ threads: 1, modelFolders: [absolute('mine'), absolute('env')], cacheFolder: absolute('c') }, env);
    expect(settings).toMatchObject({ threads: 1, cacheFolder: absolute('c') });
    expect(settings.modelFolders).toEqual([absolute('mine'), absolute('env'), join(packageRoot(), 'models')]);
  });

  it('ignore numbers in the environment that are none', () => {
    const env = { VIDEOCHAT_THREADS: 'many', VIDEOCHAT_CACHE_BYTES: '-5', VIDEOCHAT_GPU_LAYERS: '' };
    expect(resolveSettings({}, env)).toMatchObject({ threads: 0, cacheBytes: 1024 ** 3, gpuLayers: -1 });
  });

  it('keep the cache where the system wants it', () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/xdg' }, 'linux')).toBe(join('/xdg', 'videochat'));
    expect(defaultCacheFolder({}, 'linux')).toMatch(/\.cache.videochat$/);
    expect(defaultCacheFolder({}, 'darwin')).toMatch(/Library.Caches.VideoChat$/);
    expect(defaultCacheFolder({ LOCALAPPDATA: 'C:\\Local' }, 'win32')).toContain('C:\\Local');
  });

  it('know the package they belong to', () => {
    expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/);
  });
});
