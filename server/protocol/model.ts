import type { AnswerHalf } from './answersFrom.js';
import { clientRequest } from './descriptor.js';
import type { MediaLimits } from './mediaLimits.js';
import type { Streaming } from './progress.js';

export type ModelAbility = 'chat' | 'image' | 'grounding' | 'denseCaption' | 'audio' | 'timeline' | 'retrieval';

/** Whether a model answers questions. Others, whose only ability is `retrieval`, find pictures by words for `search/*`. */
export function answersQuestions({ abilities }: Pick<ModelInfo, 'abilities'>): boolean {
  // What cannot be used has none.
  return abilities.length === 0 || abilities.some((ability) => ability !== 'retrieval');
}

export interface ModelInfo {
  id: string;
  name: string;
  description: string;
  version: string;
  licence: string;
  abilities: ModelAbility[];
  /** What its answers can be made from; left out by older servers, and where the manifest cannot be used. */
  halves?: AnswerHalf[];
  /**
   * True for a model that knows a toy world only. A client must say so wherever it offers the model:
   * what its own eyes say of real clips means nothing.
   */
  demonstration: boolean;
  /** Default frame plan; empty for a model of texts alone. */
  plan: string;
  /** Clips and pictures that a conversation may hold together. Left out: one. */
  media?: MediaLimits;
  /** Questions to begin with where a timeline answers, in words that the model knows. Left out: any may be asked. */
  timelineQuestions?: string[];
  /** Bytes of the default files. */
  bytes: number;
  state: ModelState;
  /** It runs elsewhere. A client must say so wherever it offers a model that leaves the machine. */
  remote?: {
    kind: 'openai' | 'editor' | 'llama-server';
    /** Host and port; empty for the editor's own. */
    host: string;
    /** What is asked leaves this machine, and so do frames where the model is shown any. */
    leavesMachine: boolean;
    /** Requests that it takes at once. */
    concurrency: number;
  };
  /** Why the manifest cannot be used; such a model is listed but does not load. */
  problem?: string;
}

export type ModelState = 'unloaded' | 'loading' | 'ready' | 'failed';

/** All models whose manifests were found, usable or not. */
export const ModelListRequest = clientRequest<Record<string, never>, { models: ModelInfo[] }>('model/list');

export interface ModelLoadParams extends Streaming {
  modelId: string;
}
export interface ModelLoadProgress {
  stage: 'verify' | 'vision' | 'language';
  /** 0…1 within the stage. */
  fraction: number;
}
/** Verifies the files and loads both halves. Loading a loaded model answers at once. */
export const ModelLoadRequest = clientRequest<ModelLoadParams, ModelStatus, ModelLoadProgress>('model/load');

/** Frees a model when what it is doing has ended. */
export const ModelUnloadRequest = clientRequest<{ modelId: string }, null>('model/unload');

export interface ModelStatus {
  modelId: string;
  state: ModelState;
  /** What runs the encoder: `cpu`, `webgpu`, … and its precision. */
  vision?: { executionProvider: string; variant: string };
  /** What runs the language model. */
  language?: { device: string; gpuLayers: number; contextLength: number; variant: string };
  /** The same of weights of its own for timelines, once they were needed. */
  timeline?: { device: string; gpuLayers: number; contextLength: number; variant: string };
  /** Requests waiting for this model, the running one not counted. */
  queued: number;
  problem?: string;
}
export const ModelStatusRequest = clientRequest<{ modelId: string }, ModelStatus>('model/status');
