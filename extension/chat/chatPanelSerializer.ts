import type * as vscode from 'vscode';
import type { ChatPanels } from './chatPanels.js';
import { isConversationId } from './conversation.js';
import type { ConversationStore } from './conversationStore.js';

/** Fills the tabs that were open when the window was closed or reloaded, each when it is first shown. */
export class ChatPanelSerializer implements vscode.WebviewPanelSerializer {
  constructor(
    private readonly panels: ChatPanels,
    private readonly store: ConversationStore,
  ) {}

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const id = (state as { conversationId?: unknown } | null | undefined)?.conversationId;
    const conversation = isConversationId(id) ? await this.store.get(id) : undefined;
    if (!conversation || this.panels.get(conversation.id)) {
      // Deleted meanwhile, or a page that was closed before it had said whose it was.
      panel.dispose();
      return;
    }
    this.panels.adopt(panel, conversation);
  }
}
