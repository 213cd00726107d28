import * as vscode from 'vscode';
import { ChatPanel, chatViewType, pageRoot, type PanelParts } from './chatPanel.js';
import type { Conversation } from './conversation.js';

/** The open chat panels, one for each conversation. */
export class ChatPanels {
  private readonly byId = new Map<string, ChatPanel>();
  private newest: ChatPanel | undefined;

  /** @param opened told of every panel that is there from now on */
  constructor(
    private readonly parts: () => PanelParts,
    private readonly opened: () => void,
  ) {}

  /** The panel that has the focus, else the one that had it last. */
  get current(): ChatPanel | undefined {
    return this.newest;
  }

  get all(): ChatPanel[] {
    return [...this.byId.values()];
  }

  get(conversationId: string): ChatPanel | undefined {
    return this.byId.get(conversationId);
  }

  /** Shows a conversation: where it is open already, where others are, or beside the editor. */
  open(conversation: Conversation): ChatPanel {
    const known = this.byId.get(conversation.id);
    if (known) {
      known.reveal();
      return known;
    }
    const column = this.column();
    const parts = this.parts();
    const panel = vscode.window.createWebviewPanel(chatViewType, conversation.title, column, {
      enableScripts: true,
      localResourceRoots: [pageRoot(parts)],
    });
    return this.adopt(panel, conversation);
  }

  private column(): vscode.ViewColumn {
    if (this.newest) {
      // A panel made a moment ago has no place yet, and will be the active one when the next is made.
      return this.newest.panel.viewColumn ?? vscode.ViewColumn.Active;
    }
    return vscode.window.tabGroups.activeTabGroup.activeTab ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
  }

  /** Fills a panel that the editor has made, after a reload of the window. */
  adopt(panel: vscode.WebviewPanel, conversation: Conversation): ChatPanel {
    const adopted = new ChatPanel(panel, conversation, this.parts());
    this.byId.set(conversation.id, adopted);
    this.newest = adopted;
    this.changed(adopted);
    this.opened();
    return adopted;
  }

  /** Call when a panel was shown, hidden, began or ended an answer: menus and keys go by the one in front. */
  changed(panel: ChatPanel): void {
    if (panel.panel.active) {
      this.newest = panel;
    }
    this.setContexts();
  }

  private setContexts(): void {
    const active = this.all.find((candidate) => candidate.panel.active);
    setContext('videochat.chatPanelActive', active !== undefined);
    setContext('videochat.busy', (active ?? this.newest)?.controller.busy ?? false);
  }

  closed(panel: ChatPanel): void {
    this.byId.delete(panel.conversation.id);
    if (this.newest === panel) {
      this.newest = this.all.at(-1);
    }
    this.setContexts();
  }

  /** The window closes: what runs is stopped. The tabs stay, to be filled again. */
  dispose(): void {
    this.all.forEach((panel) => void panel.controller.dispose());
  }
}

const contexts = new Map<string, boolean>();

function setContext(key: string, value: boolean): void {
  if (contexts.get(key) !== value) {
    contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
