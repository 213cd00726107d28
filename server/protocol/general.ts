import { clientNotification, clientRequest, serverNotification } from './descriptor.js';
import type { SpeechFallback } from './timeline.js';

/** The version of this protocol. The server refuses a client whose major part differs. */
export const protocolVersion = '1.0';

export interface InitializeParams {
  /** `major.minor`, e.g. `1.0`. */
  protocolVersion: string;
  /** Who is calling, for the log. */
  client: { name: string; version?: string };
  /** The server exits by itself when this process is gone. */
  processId?: number;
  /** Language of messages for people (BCP 47); English where a translation is missing. */
  locale?: string;
  /** What this client can do for the server. */
  capabilities?: ClientCapabilities;
  /** Settings that replace what the server's environment says. */
  settings?: ServerSettings;
}

export interface ClientCapabilities {
  /** It answers `editor/complete`. */
  editorModels?: boolean;
}

/** All optional; what is left out comes from the environment or the defaults. */
export interface ServerSettings {
  /** Path of ffmpeg (ffprobe is looked for beside it). */
  ffmpegPath?: string;
  /** Folders that hold model folders, each with a `manifest.json`. Added to the built-in one. */
  modelFolders?: string[];
  /** Where embeddings and the hashes of model files are kept. */
  cacheFolder?: string;
  /** Upper bound of the embedding cache, and that of the proxies, in bytes. */
  cacheBytes?: number;
  /** CPU threads of the encoder and the language model; 0 = choose. */
  threads?: number;
  /** Execution provider of the vision encoder: `auto`, `cpu`, `webgpu`, `cuda`, `dml`, `coreml`. */
  executionProvider?: string;
  /** Build of the language model runtime: `auto`, `cpu`, `cuda`, `vulkan`, `metal`. */
  languageDevice?: string;
  /** Layers of the language model to put on the GPU; −1 = as many as fit. */
  gpuLayers?: number;
  /** Use GPU packs that are here and proven; true. */
  gpuPacks?: boolean;
  /** A clip or a part that lasts longer is told of from captions of its windows, in seconds; 180. */
  longClipSeconds?: number;
  /** Who hears words in clips where no speech model is installed: `off` (nobody), `pocketsphinx`. */
  speechFallback?: SpeechFallback;
  /** Code of the language that is spoken in clips, e.g. `en`; left out: the speech model finds out. */
  speechLanguage?: string;
}

export interface InitializeResult {
  protocolVersion: string;
  server: { name: string; version: string };
  capabilities: ServerCapabilities;
}

/** What this server can do; a client checks before it offers. */
export interface ServerCapabilities {
  /** Frame plan kinds that `video/plan` understands. */
  framePlans: string[];
  /** `chat/history` can be saved and given to `chat/restore`, after a restart too. */
  persistentChats: boolean;
  /** Streams that `$/progress` carries: by method. */
  progress: string[];
  /** `media/open` and `media/close`. */
  media?: boolean;
  /** `summary/create`. */
  summaries?: boolean;
  /** `narration/create` and `narration/export`. */
  narrations?: boolean;
  /** `comparison/create`. */
  comparisons?: boolean;
  /** `locate/create`. */
  locate?: boolean;
  /** `denseCaption/create` and `denseCaption/export`. */
  denseCaptions?: boolean;
  /** `evaluation/run`. */
  evaluation?: boolean;
  /** `timeline/create` and `timeline/export`. */
  timelines?: boolean;
  /** `search/index` and `search/query`. */
  search?: boolean;
  /** `text/complete`. */
  texts?: boolean;
  /** `models/catalogue`, `models/pull`, `models/verify`, `models/remove` and `models/import`. */
  catalogue?: boolean;
  /** `packs/list`, `packs/pull`, `packs/probe` and `packs/remove`. */
  packs?: boolean;
}

/** First request of a connection; every other one before it is refused with `ServerNotInitialized`. */
export const InitializeRequest = clientRequest<InitializeParams, InitializeResult>('initialize');
/** The client has read the result; the server may start background work. */
export const InitializedNotification = clientNotification<Record<string, never>>('initialized');
/** Stop work and free models; what runs is cancelled and answered. The process stays until `exit`. */
export const ShutdownRequest = clientRequest<Record<string, never>, null>('shutdown');
/** Exit now: code 0 after `shutdown`, else 1. Ends the connection only, where a server has many. */
export const ExitNotification = clientNotification<Record<string, never>>('exit');

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';
/** A line of the server's log. */
export const LogNotification = serverNotification<{ level: LogLevel; message: string; timeMs: number }>('$/log');
