import { type Command, Option } from 'commander';
import path from 'node:path';
import type { ServerSettings } from '../protocol/index.js';
import { addEndpointOptions, type EndpointOptions } from './endpointOptions.js';
import { wholeNumber } from './optionParsers.js';

/** Options that every command which starts a server takes. */
export interface ServerOptions extends EndpointOptions {
  ffmpeg?: string;
  models?: string[];
  cache?: string;
  provider?: string;
  device?: string;
  gpuLayers?: number;
  gpuPacks?: boolean;
  threads?: number;
  verbose?: boolean;
}

export function addServerOptions(command: Command): Command {
  return addEndpointOptions(command)
    .addOption(new Option('--ffmpeg <path>', 'ffmpeg to use (ffprobe beside it)').helpGroup('Engine:'))
    .addOption(
      new Option('--models <folder>', 'further folder that holds model folders; may be repeated')
        .argParser((folder: string, before: string[] | undefined) => [...(before ?? []), folder])
        .helpGroup('Engine:'),
    )
    .addOption(new Option('--cache <folder>', 'where embeddings and conversations are kept').helpGroup('Engine:'))
    .addOption(new Option('--provider <name>', 'vision encoder: auto, cpu, webgpu, cuda, dml, coreml').helpGroup('Engine:'))
    .addOption(new Option('--device <name>', 'language model: auto, cpu, cuda, vulkan, metal').helpGroup('Engine:'))
    .addOption(
      new Option('--gpu-layers <n>', 'layers of the language model on the GPU; -1: as many as fit')
        .argParser(wholeNumber(-1, 10_000))
        .helpGroup('Engine:'),
    )
    .addOption(new Option('--no-gpu-packs', 'leave GPU packs aside').helpGroup('Engine:'))
    .addOption(
      new Option('--threads <n>', 'CPU threads; 0: choose').argParser(wholeNumber(0, 1024)).helpGroup('Engine:'),
    )
    .addOption(new Option('-v, --verbose', 'show stages and the log of the server on stderr').helpGroup('Engine:'));
}

/** The options as the settings of `initialize`; what was not given is left to the server. */
export function toServerSettings(options: ServerOptions): ServerSettings {
  const settings: ServerSettings = {
    ffmpegPath: options.ffmpeg,
    modelFolders: options.models?.map((folder) => path.resolve(folder)),
    cacheFolder: options.cache === undefined ? undefined : path.resolve(options.cache),
    executionProvider: options.provider,
    languageDevice: options.device,
    gpuLayers: options.gpuLayers,
    // Commander says true where the option is not given.
    gpuPacks: options.gpuPacks === false ? false : undefined,
    threads: options.threads,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
