import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { ChatHistory, ChatTurn, PanelTurn, SamplingOptions } from '../../server/protocol/index.js';

/** Raised when an older version could not read what a newer one writes. */
export const conversationVersion = 1;

/** A clip as it is kept: where it lies, and what it was when the conversation began. */
export interface StoredClip {
  clipId: string;
  /** Absolute. */
  path: string;
  name: string;
  /** SHA-256 of the file that was talked about; left out until the server has read it. */
  contentHash?: string;
}

/** A turn as the page shows it, with what is needed to ask it again. */
export interface StoredTurn extends PanelTurn {
  /** Frame plan the question came with; left out: the model's own. */
  askedPlan?: string;
  /** How often the server ended while it answered this. */
  crashes?: number;
}

/** One conversation as it is kept on disk, and as the host changes it while it goes on. */
export interface Conversation {
  version: typeof conversationVersion;
  id: string;
  title: string;
  /** ISO 8601. */
  created: string;
  updated: string;
  /** Model of the newest answer. */
  modelId?: string;
  clips: StoredClip[];
  turns: StoredTurn[];
  /** Frames per question, where the person chose a number. */
  frames?: number;
  sampling?: SamplingOptions;
}

/** An id that may be part of a file name; those that come back from a page are checked against it. */
export function isConversationId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{8,64}$/.test(value);
}

export function createClip(path: string): StoredClip {
  return { clipId: `clip-${randomUUID()}`, path, name: basename(path) || path };
}

/** A conversation about a clip, or about none yet. */
export function createConversation(title: string, path?: string): Conversation {
  const now = new Date().toISOString();
  const clips = path === undefined ? [] : [createClip(path)];
  return {
    version: conversationVersion,
    id: randomUUID(),
    title: clips[0]?.name ?? title,
    created: now,
    updated: now,
    clips,
    turns: [],
  };
}

/** What the server needs to know of a turn; nothing for turns without an answer. */
export function historyTurns(turns: readonly StoredTurn[]): { turn: StoredTurn; entry: ChatTurn }[] {
  return turns
    .filter((turn) => turn.answer !== '' && turn.question.trim() !== '')
    .map((turn) => ({
      turn,
      entry: {
        question: turn.question,
        answer: turn.answer,
        state: turn.state === 'complete' ? 'complete' : 'interrupted',
        ...(turn.askedPlan === undefined ? {} : { plan: turn.askedPlan }),
        ...(turn.span === undefined ? {} : { span: turn.span }),
      },
    }));
}

/** The conversation as `chat/restore` takes it up. */
export function toHistory(id: string, path: string, modelId: string, turns: readonly StoredTurn[]): ChatHistory {
  return {
    chatId: `chat-${id}`,
    modelId,
    videoPath: path,
    options: {},
    turns: historyTurns(turns).map(({ entry }) => entry),
  };
}

/** The page's view of a turn: what only the host needs stays here. */
export function toPanelTurn({ askedPlan: _plan, crashes: _crashes, ...turn }: StoredTurn): PanelTurn {
  return turn;
}

/** Turns that were being answered when the window closed will not go on by themselves. */
export function interruptOpenTurns(conversation: Conversation): void {
  for (const turn of conversation.turns) {
    if (turn.state === 'waiting' || turn.state === 'streaming') {
      turn.state = 'interrupted';
      delete turn.nextSequence;
    }
  }
}

/** Empties a turn so that it can be answered again. */
export function emptyTurn(turn: StoredTurn): StoredTurn {
  delete turn.problem;
  delete turn.result;
  delete turn.rating;
  delete turn.plan;
  delete turn.nextSequence;
  return Object.assign(turn, { answer: '', state: 'waiting' as const });
}
