import type { Embeddings, PromptPiece } from '../engine/engineParts.js';
import { type PromptFor, promptPieces, type ShownPart } from '../engine/promptPieces.js';
import { partsShown, type PromptVisual } from '../models/prompt.js';
import type { ChatTurn } from '../protocol/index.js';

export interface PromptInput {
  manifest: PromptFor;
  media: readonly PromptMedium[];
  /** What is known of the media in words. */
  context?: string;
  /** Answered turns that may be in the prompt, oldest first. */
  turns: readonly ChatTurn[];
  question: string;
}

/** What the model is shown, and when. */
export interface PromptMedium {
  visual: PromptVisual;
  /** Shown before the question that follows so many of {@link PromptInput.turns}. */
  fromTurn: number;
  /** What stands in the prompt for it. */
  piece: PromptPiece;
  /** Of its sound; given where {@link PromptVisual.sound} is. */
  heard?: { key: string; embeddings: Embeddings };
}

/** The order in which a prompt shows its media: by when they came, those that came together as they were given. */
export function inPromptOrder<T extends { fromTurn: number }>(media: readonly T[]): T[] {
  return media.toSorted((a, b) => a.fromTurn - b.fromTurn);
}

/**
 * The prompt as pieces: text, the first medium's embeddings, text, … and at the end the question. A context in words follows the media of the beginning. What came later in
 * the conversation stands where it came, so that what the model has read before stays as it was; media of turns that
 * are dropped move to the beginning.
 */
export function buildPrompt(input: PromptInput, droppedTurns: number): PromptPiece[] {
  const { manifest, question, context } = input;
  const media = inPromptOrder(input.media);
  const last = Math.max(0, input.turns.length - droppedTurns);
  const shownAt = ({ fromTurn }: PromptMedium): number => Math.min(Math.max(0, fromTurn - droppedTurns), last);
  const said = [...input.turns.slice(droppedTurns).map(({ question: asked, answer }) => ({ question: asked, answer })), { question }];
  const turns = said.map((turn, index) => ({
    ...turn,
    visuals: index === 0 ? [] : media.filter((medium) => shownAt(medium) === index).map(({ visual }) => visual),
  }));
  const visuals = media.filter((medium) => shownAt(medium) === 0).map(({ visual }) => visual);
  const pieceOf = (part: ShownPart): PromptPiece[] => {
    const medium = media[part.visual];
    if (part.kind === 'sound') {
      return medium?.heard ? [{ kind: 'embeddings', ...medium.heard }] : [];
    }
    return medium ? [rowsOf(medium, part.frame)] : [];
  };
  return promptPieces(manifest, { visuals, turns, ...(context === undefined ? {} : { context }) }, pieceOf);
}

/** All that is shown of a medium, or the rows of one frame or tile. */
function rowsOf({ visual, piece }: PromptMedium, frame: number | undefined): PromptPiece {
  if (frame === undefined || piece.kind !== 'embeddings') {
    return piece;
  }
  const { key, embeddings } = piece;
  const rows = embeddings.rows / partsShown(visual);
  const { width, data } = embeddings;
  const own = data.subarray(frame * rows * width, (frame + 1) * rows * width);
  return { kind: 'embeddings', key: `${key}/${frame}`, embeddings: { rows, width, data: own } };
}
