import { clientRequest } from './descriptor.js';
import type { LlamaServerBackend } from './llamaServer.js';
import type { ModelInfo } from './model.js';

/** An OpenAI-compatible server that answers instead of weights in this server. Limits as in `models/README.md`. */
export interface EndpointBackend extends CommonBackend {
  kind: 'openai';
  /** Base URL, usually ending in `/v1`. */
  endpoint: string;
  /** The model's name there; left out: the first that the server lists. */
  model?: string;
  /** Environment variable of the server that holds the key; ends in `_API_KEY`. */
  apiKeyVariable?: string;
  /** Plain http is taken also to a public host. */
  allowHttp?: boolean;
  /** Clips are sent as they are where they fit, and as frames otherwise; left out: always as frames. Counts with `images: 'frames'`. */
  video?: VideoSending;
}

export interface VideoSending {
  /** `auto`, the default: where the server says that its model takes clips, in its form. Others: it does, in this form. */
  part?: 'auto' | 'video_url' | 'input_video';
  /** Longest stretch that is sent; 60. */
  seconds?: number;
  /** Most of one clip, in millions of bytes; 16. */
  megabytes?: number;
  /** Most frames of a second; 4. */
  fps?: number;
  /** vLLM's `mm_processor_kwargs`, e.g. `{ fps: 2 }`. */
  processor?: Record<string, string | number | boolean>;
  /** vLLM's `media_io_kwargs` for clips, e.g. `{ num_frames: 64 }`. */
  reader?: Record<string, string | number | boolean>;
}

/** The language models of the editor that is the client. */
export interface EditorBackend extends CommonBackend {
  kind: 'editor';
  vendor?: string;
  family?: string;
  /** The model's id; left out, with vendor and family: the first that the editor has. */
  model?: string;
}

/** What all models that answer elsewhere have in common. */
export interface CommonBackend {
  /** `frames`: pictures are sent. `none`, the default: it answers from the timeline, as text. */
  images?: 'frames' | 'none';
  /** Most frames of a clip in one request; 16. */
  maxFrames?: number;
  /** Longest side of a frame that is sent, in pixels; 512. */
  frameSide?: number;
  /** What a frame is taken to cost of the context; 300. */
  tokensPerFrame?: number;
  /** In tokens; left out: what the backend says, else 8192. */
  contextLength?: number;
  /** Requests in flight at most; 4. */
  concurrency?: number;
}

/** A model that runs elsewhere, without a folder. */
export interface RemoteModel {
  id: string;
  name?: string;
  description?: string;
  backend: EndpointBackend | EditorBackend | LlamaServerBackend;
  /** Stays in the server's memory. */
  apiKey?: string;
}

/** Models of this connection besides those in folders; replaces what it declared before. */
export const RemoteDeclareRequest = clientRequest<{ models: RemoteModel[] }, { models: ModelInfo[] }>('remote/declare');

export interface RemoteProbeParams extends Pick<EndpointBackend, 'endpoint' | 'apiKeyVariable' | 'allowHttp'> {
  apiKey?: string;
}
export interface RemoteProbeResult {
  /** Host and port. */
  host: string;
  /** Whether it is another machine. */
  leavesMachine: boolean;
  models: {
    name: string;
    /** In tokens, where the server tells. */
    contextLength?: number;
    /** Whether it takes pictures, where the server tells. */
    images?: boolean;
    /** Whether it takes clips, where the server tells. */
    video?: boolean;
  }[];
}
/** Asks an endpoint what models it has. */
export const RemoteProbeRequest = clientRequest<RemoteProbeParams, RemoteProbeResult>('remote/probe');
