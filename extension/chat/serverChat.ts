import {
  ChatAddMediaRequest,
  ChatCloseRequest,
  ChatCreateRequest,
  ChatRestoreRequest,
  type ChatTurn,
} from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import { answeredBefore, historyTurns, type OpenClip, type StoredTurn, toHistory } from './conversation.js';

/** What a chat on the server is about. */
export interface ChatSubject {
  conversationId: string;
  /** In the order in which the model is shown them. */
  clips: readonly OpenClip[];
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
    const { clips, modelId } = subject;
    const turns = historyTurns(before, clips);
    const { open } = this;
    if (open && open.running.session === running.session && startsWith(open.turns, turns)) {
      const added = addedClips(open.subject, subject);
      // What comes at the end can be added; what came before turns that the server has cannot.
      const comesLast = added?.every((clip) => answeredBefore(clip, before) === turns.length) && open.turns.length === turns.length;
      if (added?.length === 0 || (added && comesLast)) {
        await this.add(open, subject, added);
        return { chatId: open.chatId, keepTurns: turns.length };
      }
    }
    this.close();
    const videoIds = clips.map(({ videoId }) => videoId);
    const [videoId = ''] = videoIds;
    const { chatId } =
      turns.length === 0
        ? await running.client.request(ChatCreateRequest, { ...(videoIds.length > 1 ? { videoIds } : { videoId }), modelId })
        : await running.client.request(ChatRestoreRequest, { history: toHistory(subject.conversationId, clips, modelId, before) });
    this.open = { chatId, subject, running, turns };
    return { chatId, keepTurns: turns.length };
  }

  private async add(open: OpenChat, subject: ChatSubject, added: readonly OpenClip[]): Promise<void> {
    if (added.length > 0) {
      const videoIds = added.map(({ videoId }) => videoId);
      await open.running.client.request(ChatAddMediaRequest, { chatId: open.chatId, videoIds });
      open.subject = subject;
    }
  }

  /** After an answer, whole or cut, that the server has kept as it stands here. */
  answered(before: readonly StoredTurn[], turn: StoredTurn): void {
    if (this.open) {
      this.open.turns = historyTurns([...before, turn], this.open.subject.clips);
    }
  }

  /** After a question that said nothing: what stands behind these turns on the server is not known. */
  unanswered(before: readonly StoredTurn[]): void {
    if (this.open) {
      this.open.turns = historyTurns(before, this.open.subject.clips);
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

/** The clips that were added behind the others; nothing where more is different. */
function addedClips(before: ChatSubject, now: ChatSubject): readonly OpenClip[] | undefined {
  const isSame = before.modelId === now.modelId && before.clips.every(({ videoId }, index) => videoId === now.clips[index]?.videoId);
  return isSame ? now.clips.slice(before.clips.length) : undefined;
}

function startsWith(have: readonly ChatTurn[], wanted: readonly ChatTurn[]): boolean {
  return wanted.every((turn, index) => have[index]?.question === turn.question && have[index].answer === turn.answer);
}
