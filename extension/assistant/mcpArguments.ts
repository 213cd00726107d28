import type { SettingValues } from '../settings/settingValues.js';

/** How `videochat` is started to serve its tools to agents, with what the person has set. */
export function mcpArguments(folders: readonly string[], { model, server }: Pick<SettingValues, 'model' | 'server'>): string[] {
  const option = (name: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`--${name}`, String(value)]);
  return [
    'mcp',
    ...folders.flatMap((folder) => option('root', folder)),
    ...option('model', model),
    ...option('ffmpeg', server.ffmpegPath),
    ...(server.modelFolders ?? []).flatMap((folder) => option('models', folder)),
    ...option('cache', server.cacheFolder),
    ...option('provider', server.executionProvider),
    ...option('device', server.languageDevice),
    ...option('gpu-layers', server.gpuLayers),
    ...option('threads', server.threads),
  ];
}
