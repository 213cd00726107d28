import {
  ChatCloseRequest,
  ChatCreateRequest,
  ChatRestoreRequest,
  type ChatTurn,
} from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import { historyTurns, type StoredTurn, toHistory } from './conversation.js';

/** What a chat on the server is about. */
export interface ChatSubject {
  conversationId: string;
  /** Changes when the file was opened anew because it had changed. */
  videoId: string;
  path: string;
  modelId: string;
}

interface OpenChat {
  chatId: string;
  subject: ChatSubject;
  running: RunningServer;
  /** Turns the server surely has, from its first. */
  turns: ChatTurn[];
}

/**
 * The server's half of a conversation. The host's history is the truth: each question says after how many turns it is
 * asked, and where the server's differ (another session, another model, an answer that was cut), the chat is
 * restored from the host's.
 */
export class ServerChat {
  private open: OpenChat | undefined;

  /** A chat in which a question can be asked after these turns; `keepTurns` goes with the question. */
  async prepare(running: RunningServer, subject: ChatSubject, before: readonly StoredTurn[]): Promise<{ chatId: string; keepTurns: number }> {
    const turns = historyTurns(before).map(({ entry }) => entry);
    const { open } = this;
    if (open && open.running.session === running.session && sameSubject(open.subject, subject) && startsWith(open.turns, turns)) {
      return { chatId: open.chatId, keepTurns: turns.length };
    }
    this.close();
    const { videoId, modelId, path } = subject;
    const { chatId } =
      turns.length === 0
        ? await running.client.request(ChatCreateRequest, { videoId, modelId })
        : await running.client.request(ChatRestoreRequest, { history: toHistory(subject.conversationId, path, modelId, before) });
    this.open = { chatId, subject, running, turns };
    return { chatId, keepTurns: turns.length };
  }

  /** After an answer, whole or cut, that the server has kept as it stands here. */
  answered(before: readonly StoredTurn[], turn: StoredTurn): void {
    if (this.open) {
      this.open.turns = historyTurns([...before, turn]).map(({ entry }) => entry);
    }
  }

  /** After a question that said nothing: what stands behind these turns on the server is not known. */
  unanswered(before: readonly StoredTurn[]): void {
    if (this.open) {
      this.open.turns = historyTurns(before).map(({ entry }) => entry);
    }
  }

  /** Frees the chat on the server, if there is one. The next question restores it. */
  close(): void {
    const { open } = this;
    this.open = undefined;
    void open?.running.client.request(ChatCloseRequest, { chatId: open.chatId }).catch(() => undefined);
  }

  /** Forgets a chat that is gone together with its server. */
  forget(): void {
    this.open = undefined;
  }
}

function sameSubject(a: ChatSubject, b: ChatSubject): boolean {
  return a.videoId === b.videoId && a.modelId === b.modelId;
}

function startsWith(have: readonly ChatTurn[], wanted: readonly ChatTurn[]): boolean {
  return wanted.every((turn, index) => have[index]?.question === turn.question && have[index].answer === turn.answer);
}
