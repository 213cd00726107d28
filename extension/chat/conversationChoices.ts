import type { AnswersFrom, PanelProblem } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { Conversation, StoredTurn } from './conversation.js';

export interface ChoicePorts {
  t: Translate;
  save(): void;
  postState(): void;
  postTurn(turn: StoredTurn): void;
}

/** What a person chooses for a conversation besides its clips and its questions, and what they think of its answers. */
export class ConversationChoices {
  constructor(
    private readonly conversation: Conversation,
    private readonly ports: ChoicePorts,
  ) {}

  setFrames(frames: number | null): void {
    this.conversation.frames = frames ?? undefined;
    this.changed();
  }

  /** For the next questions, and for those that are asked again. */
  setAnswersFrom(answersFrom: AnswersFrom): void {
    this.conversation.answersFrom = answersFrom;
    this.changed();
  }

  rate(turnId: string, value: 'up' | 'down' | null, note?: string): PanelProblem | undefined {
    const turn = this.conversation.turns.find((candidate) => candidate.turnId === turnId);
    if (!turn) {
      return { message: this.ports.t('This answer is not there any more.') };
    }
    if (value === null) {
      delete turn.rating;
    } else {
      turn.rating = { value, ...(note?.trim() ? { note: note.trim() } : {}) };
    }
    this.ports.save();
    this.ports.postTurn(turn);
    return undefined;
  }

  private changed(): void {
    this.ports.save();
    this.ports.postState();
  }
}
