import type { AnswersFrom, SamplingOptions, ServerSettings, VideoSending } from '../../server/protocol/index.js';

/** A model on an OpenAI-compatible server; its key is in the secret storage. */
export interface EndpointSetting {
  id: string;
  name?: string;
  url: string;
  model?: string;
  images?: 'frames' | 'none';
  contextLength?: number;
  concurrency?: number;
  maxFrames?: number;
  allowHttp?: boolean;
  video?: VideoSending;
}

/** A language model of the editor. */
export interface EditorModelSetting {
  vendor: string;
  family: string;
  id: string;
  name: string;
  images?: 'frames' | 'none';
  contextLength?: number;
}

/** A model that llama-server runs on this machine. */
export interface LlamaServerModelSetting {
  id: string;
  name: string;
  file: string;
  projector?: string;
  images?: 'frames' | 'none';
  contextLength?: number;
  concurrency?: number;
  maxFrames?: number;
  gpuLayers?: number;
  idleSeconds?: number;
  video?: VideoSending;
}

/** Every setting, checked and with its default where the person chose nothing. */
export interface SettingValues {
  /** Id of the model to ask; undefined: the first usable one, real models before demonstrations. */
  model: string | undefined;
  /** Frames per question; undefined: the model's own number. */
  framesPerClip: number | undefined;
  /** What answers are made from, where a conversation does not say. */
  answersFrom: AnswersFrom;
  /** Only what the person chose; the model's own values stand for the rest. */
  sampling: SamplingOptions;
  /** Models that answer elsewhere. */
  endpoints: readonly EndpointSetting[];
  editorModels: readonly EditorModelSetting[];
  /** Where the program is; left out: on PATH. What it runs. */
  llamaServer: { path?: string; models: readonly LlamaServerModelSetting[] };
  /** What the server is started with. */
  server: ServerSettings;
  /** Height of proxies, in pixels. */
  maxProxyHeight: number;
  /** Who annotates, where the person has said so. */
  annotator: string | undefined;
  /** Where models are fetched from and kept, where the environment is not to say. */
  hub: { endpoint?: string; cacheFolder?: string };
  /** Offer a model at the first chat. */
  offerModels: boolean;
  /** Ask before a link of an answer is opened. */
  confirmLinks: boolean;
  /** Offer the tools as a server of the Model Context Protocol, too, in this editor. */
  mcpServer: boolean;
}
