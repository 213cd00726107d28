import { describe, expect, it } from 'vitest';
import { changedSettings, readSettings } from '../../../extension/settings/readSettings.js';
import { devices, type SettingKey, settingKeys } from '../../../extension/settings/settingKeys.js';
import { extensionManifest } from '../../fixtures/extensionManifest.js';

const read = (set: Partial<Record<SettingKey, unknown>> = {}) =>
  readSettings((key) => set[key], { cacheFolder: '/storage/cache', homeFolder: '/home/me' });

describe('settings', () => {
  it('have defaults that leave everything to the model and the machine', () => {
    const { values, problems } = read();
    expect(problems).toEqual([]);
    expect(values).toEqual({
      model: undefined,
      framesPerClip: undefined,
      answersFrom: 'auto',
      sampling: {},
      endpoints: [],
      editorModels: [],
      llamaServer: { models: [] },
      server: {
        modelFolders: [],
        cacheFolder: '/storage/cache',
        cacheBytes: 1024 ** 3,
      },
      hub: {},
      offerModels: true,
      maxProxyHeight: 720,
      annotator: undefined,
      confirmLinks: true,
      mcpServer: false,
    });
  });

  it('pass on what was chosen', () => {
    const { values } = read({ model: 'x', framesPerClip: 16, 'sampling.temperature': 0, 'sampling.seed': 7, device: 'vulkan', cacheSizeMB: 2048, gpuLayers: 0 });
    expect(values).toMatchObject({ model: 'x', framesPerClip: 16, sampling: { temperature: 0, seed: 7 } });
    expect(values.server).toMatchObject({ executionProvider: 'webgpu', languageDevice: 'vulkan', cacheBytes: 2 * 1024 ** 3, gpuLayers: 0 });
  });

  it('know the home folder, and no other relative one', () => {
    const { values, problems } = read({ modelFolders: ['~/models', '/abs', ''], cacheFolder: 'relative/folder', ffmpegPath: 'ffmpeg' });
    expect(values.server).toMatchObject({ modelFolders: ['/home/me/models', '/abs'], cacheFolder: '/storage/cache', ffmpegPath: 'ffmpeg' });
    expect(problems).toEqual([{ key: 'cacheFolder', reason: 'not an absolute path' }]);
  });

  it.each<[SettingKey, unknown]>([
    ['framesPerClip', 0],
    ['answersFrom', 'guesses'],
    ['framesPerClip', 2.5],
    ['framesPerClip', '8'],
    ['sampling.temperature', -1],
    ['sampling.temperature', Number.NaN],
    ['sampling.topP', 2],
    ['sampling.seed', 2 ** 32],
    ['device', 'toaster'],
    ['gpuLayers', null],
    ['modelFolders', 'folder'],
    ['modelFolders', [1]],
    ['cacheSizeMB', Infinity],
    ['chat.confirmLinks', 'no'],
    ['mcpServer', 'yes'],
    ['model', {}],
  ])('fall back where %s is %j', (key, value) => {
    const { values, problems } = read({ [key]: value });
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(problems[0]?.reason).not.toBe('');
    expect(values).toEqual(read().values);
  });

  it('tell what changed', () => {
    const before = read().values;
    expect(changedSettings(before, read().values)).toEqual([]);
    expect(changedSettings(before, read({ 'sampling.topK': 5, threads: 2 }).values)).toEqual(['sampling', 'server']);
  });
});

describe('settings in the manifest', () => {
  const { configuration } = extensionManifest.contributes;
  const properties = Object.assign({}, ...configuration.map((group) => group.properties)) as Record<string, { default: unknown; scope: string; enum?: string[] }>;

  it('are the ones that are read, with the same defaults', () => {
    const read = Object.entries(settingKeys).map(([key, { default: value }]) => [`videochat.${key}`, value]);
    expect(Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, value.default]))).toEqual(Object.fromEntries(read));
    expect(properties['videochat.device']?.enum).toEqual(Object.keys(devices));
  });

  it('stand in titled groups, in order', () => {
    expect(configuration.map(({ title, order }) => [title, order])).toEqual([
      ['%settings.general%', 1],
      ['%settings.answers%', 2],
      ['%settings.device%', 3],
      ['%settings.files%', 4],
      ['%settings.annotations%', 5],
      ['%settings.speech%', 6],
      ['%settings.remote%', 7],
    ]);
  });

  it('that name programs or folders are the machine\'s and not taken from a workspace that is not trusted', () => {
    const { restrictedConfigurations } = extensionManifest.capabilities.untrustedWorkspaces;
    for (const key of ['videochat.ffmpegPath', 'videochat.modelFolders', 'videochat.cacheFolder']) {
      expect(restrictedConfigurations).toContain(key);
      expect(properties[key]?.scope).toMatch(/^machine/);
    }
  });
});
