import { type ClientOptions, VideoChatClient } from '../../server/client/videoChatClient.js';
import type { LogLevel, ServerSettings } from '../../server/protocol/index.js';

export interface StartOptions {
  /** Path of `dist/server.mjs`. */
  serverPath: string;
  /** Node's own arguments for it; tests and debuggers have some. */
  execArgv?: string[];
  settings: ServerSettings;
  /** Added to this process's environment. */
  env?: NodeJS.ProcessEnv;
  cpuOnly: boolean;
  /** BCP 47, for messages that people read. */
  locale: string;
  /** Version of the extension. */
  version: string;
  signal: AbortSignal;
  observer?: ClientOptions['observer'];
  /** The editor's language models. */
  editor?: ClientOptions['editor'];
  log(level: LogLevel, message: string): void;
}

/** How long the server may take to end by itself; VS Code gives the whole extension five seconds. */
const graceMs = 1500;

/** Starts the bundled server with the editor's own Node and shakes hands with it. */
export function startServer(options: StartOptions): Promise<VideoChatClient> {
  const { log } = options;
  return VideoChatClient.spawn({
    serverPath: options.serverPath,
    execArgv: options.execArgv,
    // The channel decides what it shows; its level may change at any time.
    env: { ...options.env, VIDEOCHAT_LOG: 'trace', ELECTRON_NO_ASAR: '1' },
    signal: options.signal,
    graceMs,
    initialize: {
      client: { name: 'videochat-vscode', version: options.version },
      locale: options.locale,
      settings: options.cpuOnly ? onCpu(options.settings) : options.settings,
    },
    onLog: log,
    observer: options.observer,
    editor: options.editor,
    onOutput: (line) => log('info', `server: ${line}`),
  });
}

function onCpu(settings: ServerSettings): ServerSettings {
  return { ...settings, executionProvider: 'cpu', languageDevice: 'cpu', gpuLayers: 0 };
}
