import { join } from 'node:path';
import * as z from 'zod/mini';
import type { SamplingOptions } from '../../server/protocol/index.js';
import { devices, type SettingKey, settingKeys, type SettingTable } from './settingKeys.js';
import type { SettingValues } from './settingValues.js';

/** What settings mean on this machine. */
export interface SettingSurroundings {
  /** Where the extension may keep what it can make again. */
  cacheFolder: string;
  homeFolder: string;
}

/** A setting whose value cannot be used. */
export interface SettingProblem {
  key: SettingKey;
  reason: string;
}

/**
 * Reads every setting. A value that is not valid is a problem, and its default stands in for it.
 *
 * @param get the raw value of a key below `videochat.`; undefined where nothing is set
 */
export function readSettings(
  get: (key: SettingKey) => unknown,
  surroundings: SettingSurroundings,
): { values: SettingValues; problems: SettingProblem[] } {
  const problems: SettingProblem[] = [];
  const table: Partial<Record<SettingKey, unknown>> = {};
  for (const key of Object.keys(settingKeys) as SettingKey[]) {
    const { schema, default: fallback } = settingKeys[key];
    const raw = get(key);
    const checked = z.safeParse(schema, raw === undefined ? fallback : raw);
    if (!checked.success) {
      problems.push({ key, reason: checked.error.issues[0]?.message ?? '' });
    }
    table[key] = checked.success ? checked.data : fallback;
  }
  return { values: toValues(table as SettingTable, surroundings), problems };
}

function toValues(table: SettingTable, { cacheFolder, homeFolder }: SettingSurroundings): SettingValues {
  const absolute = (path: string): string => (/^~($|[\\/])/.test(path) ? join(homeFolder, path.slice(1)) : path);
  return {
    model: table.model || undefined,
    framesPerClip: table.framesPerClip ?? undefined,
    answersFrom: table.answersFrom,
    sampling: samplingOf(table),
    endpoints: table.endpoints,
    editorModels: table.editorModels,
    llamaServer: { ...(table['llamaServer.path'] && { path: absolute(table['llamaServer.path']) }), models: table['llamaServer.models'] },
    server: {
      modelFolders: table.modelFolders.filter((folder) => folder !== '').map(absolute),
      cacheFolder: table.cacheFolder ? absolute(table.cacheFolder) : cacheFolder,
      cacheBytes: table.cacheSizeMB * 1024 * 1024,
      // What is left to the machine is left out, so that the server's environment counts.
      ...(table.ffmpegPath && { ffmpegPath: absolute(table.ffmpegPath) }),
      ...(table.device !== 'auto' && devices[table.device]),
      ...(table.threads > 0 && { threads: table.threads }),
      ...(table.longClipSeconds !== settingKeys.longClipSeconds.default && { longClipSeconds: table.longClipSeconds }),
      ...(table['speech.fallback'] !== 'off' && { speechFallback: table['speech.fallback'] }),
      ...(table['speech.language'] && { speechLanguage: table['speech.language'] }),
      ...(table.gpuLayers >= 0 && { gpuLayers: table.gpuLayers }),
      ...(!table.gpuPacks && { gpuPacks: false }),
    },
    hub: {
      ...(table['hub.endpoint'] && { endpoint: table['hub.endpoint'] }),
      ...(table['hub.cacheFolder'] && { cacheFolder: absolute(table['hub.cacheFolder']) }),
    },
    offerModels: table.offerModels,
    maxProxyHeight: table['player.maxProxyHeight'],
    annotator: table.annotator.trim() || undefined,
    confirmLinks: table['chat.confirmLinks'],
    mcpServer: table.mcpServer,
  };
}

function samplingOf(table: SettingTable): SamplingOptions {
  const chosen = {
    temperature: table['sampling.temperature'],
    topP: table['sampling.topP'],
    topK: table['sampling.topK'],
    seed: table['sampling.seed'],
    maxTokens: table['sampling.maxTokens'],
  };
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== null));
}

/** The members that differ between two sets of values. */
export function changedSettings(before: SettingValues, after: SettingValues): (keyof SettingValues)[] {
  const keys = Object.keys(after) as (keyof SettingValues)[];
  return keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}
