import { clientRequest } from './descriptor.js';
import type { CommonBackend, VideoSending } from './remote.js';

/**
 * A `llama-server` of this machine. The server starts it when the model is loaded, on a free port of 127.0.0.1 with a key
 * made for it, and ends it when the model is unloaded; a manifest in a folder cannot name one.
 */
export interface LlamaServerBackend extends CommonBackend {
  kind: 'llama-server';
  /** Path of a GGUF. */
  file: string;
  /** Path of the GGUF with which that model sees (`mmproj`). */
  projector?: string;
  /** Path of the program; left out: the one on PATH. */
  program?: string;
  /** Layers on the GPU; left out: as the program chooses. */
  gpuLayers?: number;
  /** Clips are sent as they are where its model takes them. */
  video?: VideoSending;
  /** Ended when nobody has asked for so long, and started again by the next question; 600. 0: never ended. */
  idleSeconds?: number;
}

export interface LlamaServerFindParams {
  /** Path of the program; left out: the one on PATH. */
  program?: string;
}
export interface LlamaServerFindResult {
  /** Left out where there is none. */
  program?: {
    path: string;
    /** As it says; left out where it does not. */
    version?: string;
  };
  /** Models on this machine that it could run, by their names: in the hub's cache, in folders of models, in llama.cpp's cache. */
  files: {
    path: string;
    bytes: number;
    /** The file beside it with which it sees. */
    projector?: string;
  }[];
}
/** Looks for `llama-server` and for models that it could run. Nothing is started but the program to tell its version. */
export const LlamaServerFindRequest = clientRequest<LlamaServerFindParams, LlamaServerFindResult>('llamaServer/find');
