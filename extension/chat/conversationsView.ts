import * as vscode from 'vscode';
import type { ConversationStore, ConversationSummary } from './conversationStore.js';

/** The conversations of this workspace, the newest first. Empty, the view shows its welcome text. */
export class ConversationsView implements vscode.TreeDataProvider<ConversationSummary>, vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  private readonly changes: { dispose(): void | Promise<void> };
  private timer: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.emitter.event;

  constructor(private readonly store: ConversationStore) {
    // While an answer streams it is saved at every piece.
    this.changes = store.onDidChange(() => {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.emitter.fire();
      }, 500);
    });
  }

  async getChildren(parent?: ConversationSummary): Promise<ConversationSummary[]> {
    return parent ? [] : this.store.list();
  }

  getTreeItem(conversation: ConversationSummary): vscode.TreeItem {
    const { id, title, turns, lastQuestion, clips, updated } = conversation;
    const item = new vscode.TreeItem(title);
    item.id = id;
    item.description = lastQuestion ?? vscode.l10n.t('no question yet');
    item.iconPath = new vscode.ThemeIcon('comment-discussion');
    item.contextValue = 'conversation';
    const when = new Date(updated).toLocaleString(vscode.env.language);
    // Plain text: titles and file names are not Markdown.
    item.tooltip = [title, ...clips.filter((name) => name !== title), vscode.l10n.t('Questions: {0}, last changed {1}', turns, when)].join('\n');
    item.command = { command: 'videochat.openConversation', title: vscode.l10n.t('Open Conversation'), arguments: [conversation] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.timer);
    void this.changes.dispose();
    this.emitter.dispose();
  }
}
