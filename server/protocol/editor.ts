import { serverRequest } from './descriptor.js';

/** A part of a message: a text, or a picture as a file that exists until the request is answered. */
export type EditorPart = { text: string } | { image: { path: string; mimeType: string } };

export interface EditorMessage {
  role: 'user' | 'assistant';
  parts: EditorPart[];
}

export interface EditorCompleteParams {
  /** All that is said must hold; the first model that fits answers. */
  model: { vendor?: string; family?: string; id?: string };
  messages: EditorMessage[];
  sampling?: { temperature?: number; maxTokens?: number };
  /** The client sends `$/progress` with it. */
  progressToken: string;
}

/** Text to append to the answer. */
export interface EditorCompleteProgress {
  text: string;
}

export interface EditorCompleteResult {
  text: string;
  stopReason: 'stop' | 'length';
  promptTokens?: number;
  generatedTokens?: number;
}

/** The server asks its client to have a language model of the editor answer. */
export const EditorCompleteRequest = serverRequest<EditorCompleteParams, EditorCompleteResult, EditorCompleteProgress>('editor/complete');
