import * as vscode from 'vscode';
import type { Segment } from '../../server/protocol/index.js';
import { clipsToOpen } from '../files/clipsToOpen.js';
import { trustRefusal } from '../server/trust.js';
import { showProblem } from '../showProblem.js';
import type { ChatPanel } from './chatPanel.js';
import type { ChatPanels } from './chatPanels.js';
import { type Conversation, createConversation } from './conversation.js';
import type { ConversationStore } from './conversationStore.js';

/** The commands that begin conversations and steer the one in front. */
export class ChatCommands {
  constructor(
    private readonly store: ConversationStore,
    private readonly panels: ChatPanels,
  ) {}

  /**
   * Opens a conversation for each clip.
   *
   * @param uri what was clicked; left out: the person chooses
   * @param uris all that is selected
   * @param segment a moment to show first; with `mark`, it is what the next question concerns
   */
  async chatWithVideo(uri?: unknown, uris?: unknown, segment?: unknown): Promise<void> {
    const refusal = trustRefusal();
    if (refusal) {
      await showProblem(refusal);
      return;
    }
    const given = [...new Map([uri, ...(Array.isArray(uris) ? (uris as unknown[]) : [])].filter(isUri).map((one) => [one.toString(), one])).values()];
    for (const path of await clipsToOpen(given, { title: vscode.l10n.t('Chat with Video'), images: true })) {
      const panel = this.panels.open(await this.conversationAbout(path));
      if (isSegment(segment)) {
        panel.seek(segment, segment.mark === true);
      }
    }
  }

  /** Begins a conversation about these clips, one each or one about all; about none yet when there are none. */
  async begin(paths: readonly string[], together = false): Promise<void> {
    const refusal = trustRefusal();
    if (refusal) {
      await showProblem(refusal);
      return;
    }
    const title = vscode.l10n.t('New Conversation');
    for (const conversation of together || paths.length === 0 ? [createConversation(title, ...paths)] : paths.map((path) => createConversation(title, path))) {
      this.store.save(conversation);
      this.panels.open(conversation).focus('input');
    }
  }

  /** From a panel: about the same clips, together. */
  async newConversation(): Promise<void> {
    const active = this.panels.all.find(({ panel }) => panel.active);
    const paths = active?.conversation.clips.map(({ path }) => path) ?? [];
    await this.begin(paths, true);
  }

  async stop(): Promise<void> {
    await this.current()?.controller.stop();
  }

  regenerate(): void {
    const problem = this.current()?.controller.regenerate();
    if (problem) {
      void vscode.window.showInformationMessage(problem.message);
    }
  }

  focus(target: 'input' | 'lastAnswer'): void {
    this.current()?.focus(target);
  }

  /** The panel that commands of the palette are meant for; says so when there is none. */
  current(): ChatPanel | undefined {
    const { current } = this.panels;
    if (!current) {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open a conversation first: "VideoChat: Chat with Video…".'));
    }
    return current;
  }

  /** An open conversation about the clip in which nothing was asked yet, or a new one. */
  private async conversationAbout(path: string): Promise<Conversation> {
    const isUnused = ({ conversation }: ChatPanel): boolean => conversation.turns.length === 0 && conversation.clips.length === 1 && conversation.clips[0]?.path === path;
    const unused = this.panels.all.find(isUnused)?.conversation;
    if (unused) {
      return unused;
    }
    const conversation = createConversation(vscode.l10n.t('New Conversation'), path);
    this.store.save(conversation);
    return conversation;
  }
}

/** Of a link: a moment has no length. */
function isSegment(value: unknown): value is Segment & { mark?: unknown } {
  const { startSeconds, endSeconds } = (value ?? {}) as Partial<Segment>;
  return Number.isFinite(startSeconds) && Number.isFinite(endSeconds);
}

function isUri(value: unknown): value is vscode.Uri {
  return value instanceof vscode.Uri;
}
