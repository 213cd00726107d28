import type { Embeddings, PromptPiece } from '../engine/engineParts.js';
import type { Manifest } from '../models/manifest.js';
import { type PromptVisual, renderPrompt } from '../models/prompt.js';
import type { ChatTurn } from '../protocol/index.js';

export interface PromptInput {
  manifest: Manifest;
  visual: PromptVisual;
  /** Answered turns that may be in the prompt, oldest first. */
  turns: readonly ChatTurn[];
  question: string;
  key: string;
  embeddings: Embeddings;
}

/** The prompt as pieces: text, the video's embeddings, text with the turns and the question. */
export function buildPrompt(input: PromptInput, droppedTurns: number): PromptPiece[] {
  const turns = input.turns.slice(droppedTurns).map(({ question, answer }) => ({ question, answer }));
  const texts = renderPrompt(
    input.manifest.prompt,
    { visuals: [input.visual], turns: [...turns, { question: input.question }] },
    input.manifest.id,
  );
  const [before = '', after = ''] = texts;
  return [
    { kind: 'text', text: before },
    { kind: 'embeddings', key: input.key, embeddings: input.embeddings },
    { kind: 'text', text: after },
  ];
}
