import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { AnswersFrom, ChatHistory, ChatTurn, PanelTurn, SamplingOptions } from '../../server/protocol/index.js';

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
  /** Turns before it was added; left out: it was there from the beginning. */
  fromTurn?: number;
}

/** A clip of the conversation as it is open on the server. */
export interface OpenClip extends StoredClip {
  /** Changes when the file was opened anew because it had changed. */
  videoId: string;
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
  /** Where the person chose what answers are made from. */
  answersFrom?: AnswersFrom;
  sampling?: SamplingOptions;
}

/** An id that may be part of a file name; those that come back from a page are checked against it. */
export function isConversationId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9-]{8,64}$/.test(value);
}

export function createClip(path: string): StoredClip {
  return { clipId: `clip-${randomUUID()}`, path, name: basename(path) || path };
}

/** A conversation about a clip or several, or about none yet. */
export function createConversation(title: string, ...paths: string[]): Conversation {
  const now = new Date().toISOString();
  const clips = paths.map(createClip);
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

/** What the server needs to know of the turns; nothing of those without an answer. */
export function historyTurns(turns: readonly StoredTurn[], clips: readonly Pick<StoredClip, 'clipId'>[]): ChatTurn[] {
  return turns
    .filter((turn) => turn.answer !== '' && turn.question.trim() !== '')
    .map((turn) => ({
      question: turn.question,
      answer: turn.answer,
      state: turn.state === 'complete' ? 'complete' : 'interrupted',
      ...(turn.askedPlan === undefined ? {} : { plan: turn.askedPlan }),
      ...spanOf(turn, clips),
    }));
}

/** The part that a question is about, as the server takes it. Nothing where its clip was removed. */
export function spanOf({ span, spanClipId }: StoredTurn, clips: readonly Pick<StoredClip, 'clipId'>[]): Pick<ChatTurn, 'span' | 'views'> {
  if (!span) {
    return {};
  }
  const medium = clips.findIndex(({ clipId }) => clipId === spanClipId);
  if (spanClipId === undefined || (medium === 0 && clips.length === 1)) {
    return { span };
  }
  return medium < 0 ? {} : { views: [{ medium, span }] };
}

/** Turns with an answer before a clip was added, of those before a question. */
export function answeredBefore({ fromTurn = 0 }: StoredClip, before: readonly StoredTurn[]): number {
  return historyTurns(before.slice(0, fromTurn), []).length;
}

/** The conversation as `chat/restore` takes it up. */
export function toHistory(id: string, clips: readonly StoredClip[], modelId: string, turns: readonly StoredTurn[]): ChatHistory {
  const media = clips.map((clip) => {
    const fromTurn = answeredBefore(clip, turns);
    return { path: clip.path, ...(fromTurn > 0 ? { fromTurn } : {}) };
  });
  return {
    chatId: `chat-${id}`,
    modelId,
    videoPath: clips[0]?.path ?? '',
    ...(media.length > 1 ? { media } : {}),
    options: {},
    turns: historyTurns(turns, clips),
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
  delete turn.plans;
  delete turn.evidence;
  delete turn.nextSequence;
  return Object.assign(turn, { answer: '', state: 'waiting' as const });
}
