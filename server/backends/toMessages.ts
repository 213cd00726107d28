import type { PromptPiece } from '../engine/engineParts.js';
import type { BackendMessage } from './backend.js';

/** The pieces of a prompt as messages. Texts of one message are paragraphs. */
export function toMessages(pieces: readonly PromptPiece[]): BackendMessage[] {
  const messages: BackendMessage[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'role') {
      messages.push({ role: piece.role, parts: [] });
      continue;
    }
    const parts = messages.at(-1)?.parts;
    if (!parts || piece.kind === 'tokens' || piece.kind === 'special' || piece.kind === 'embeddings' || piece.kind === 'prefix') {
      throw new Error(`A ${piece.kind} piece cannot be sent to a backend.`);
    }
    if (piece.kind === 'pictures') {
      piece.pictures.forEach((picture) => {
        say(parts, picture.label);
        parts.push(picture);
      });
    } else {
      say(parts, piece.text);
    }
  }
  return messages.filter(({ parts }) => parts.length > 0);
}

function say(parts: BackendMessage['parts'], text: string): void {
  const last = parts.at(-1);
  if (text === '') {
    return;
  }
  if (typeof last === 'string') {
    parts.splice(-1, 1, `${last}\n\n${text}`);
  } else {
    parts.push(text);
  }
}
