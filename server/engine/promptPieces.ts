import type { BackendRules } from '../models/backendRules.js';
import type { PromptRules } from '../models/manifest.js';
import { type PromptConversation, type PromptPart, promptParts } from '../models/prompt.js';
import { renderMessages } from '../models/renderMessages.js';
import type { PromptPiece } from './engineParts.js';

/** Whom a prompt is for: id and rules of a model, or of its half that answers. */
export interface PromptFor {
  id: string;
  prompt: PromptRules;
  /** It is sent messages, not a text. */
  backend?: BackendRules;
}

/** What a model is shown stands here. */
export type ShownPart = Exclude<PromptPart, { text: string }>;

/**
 * A conversation as the pieces of a prompt, what is shown where it stands.
 *
 * @param pieceOf what stands for what is shown
 * @throws ManifestInvalid
 */
export function promptPieces({ id, prompt, backend }: PromptFor, conversation: PromptConversation, pieceOf: (part: ShownPart) => PromptPiece[]): PromptPiece[] {
  if (backend) {
    return renderMessages(prompt, conversation, id).flatMap(({ role, parts }): PromptPiece[] => [
      { kind: 'role', role },
      ...parts.flatMap((part): PromptPiece[] => (typeof part === 'string' ? [{ kind: 'text', text: part }] : pieceOf({ kind: 'visual', visual: part.visual }))),
    ]);
  }
  return promptParts(prompt, conversation, id).flatMap((part): PromptPiece[] => (part.kind === 'text' || part.kind === 'special' ? [part] : pieceOf(part)));
}
