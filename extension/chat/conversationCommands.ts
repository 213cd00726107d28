import * as vscode from 'vscode';
import type { ChatPanels } from './chatPanels.js';
import type { ConversationStore, ConversationSummary } from './conversationStore.js';

interface Item extends vscode.QuickPickItem {
  id: string;
}

/** What can be done with kept conversations: from the view's menus, or by choosing one. */
export class ConversationCommands {
  constructor(
    private readonly store: ConversationStore,
    private readonly panels: ChatPanels,
  ) {}

  async open(target: unknown): Promise<void> {
    const id = idOf(target) ?? (await this.search());
    const conversation = id === undefined ? undefined : await this.store.get(id);
    if (conversation) {
      this.panels.open(conversation);
    } else if (id !== undefined) {
      void vscode.window.showWarningMessage(vscode.l10n.t('This conversation is not there any more.'));
    }
  }

  async rename(target: unknown): Promise<void> {
    const conversation = await this.store.get(idOf(target) ?? this.panels.current?.conversation.id ?? '');
    if (!conversation) {
      return;
    }
    const title = await vscode.window.showInputBox({
      title: vscode.l10n.t('Rename Conversation'),
      value: conversation.title,
      validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('A conversation needs a name.') : undefined),
    });
    if (title !== undefined) {
      await this.store.rename(conversation.id, title);
    }
  }

  async delete(target: unknown): Promise<void> {
    const conversation = await this.store.get(idOf(target) ?? this.panels.current?.conversation.id ?? '');
    if (!conversation) {
      return;
    }
    const sure = vscode.l10n.t('Delete');
    const message = vscode.l10n.t('Delete the conversation "{0}"?', conversation.title);
    const detail = vscode.l10n.t('Questions in it: {0}. This cannot be undone. The video itself is not touched.', conversation.turns.length);
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, sure)) === sure) {
      await this.panels.get(conversation.id)?.dispose();
      await this.store.delete(conversation.id);
    }
  }

  /** Looks through titles, clips, questions and answers while words are typed. */
  async search(): Promise<string | undefined> {
    const picker = vscode.window.createQuickPick<Item>();
    picker.title = vscode.l10n.t('Search Conversations');
    picker.placeholder = vscode.l10n.t('Words of a question, an answer or a file name');
    let asked = 0;
    const look = async (words: string): Promise<void> => {
      const mine = ++asked;
      picker.busy = true;
      const found = await this.store.search(words);
      if (mine === asked) {
        picker.items = found.map(toItem);
        picker.busy = false;
      }
    };
    const chosen = new Promise<string | undefined>((resolve) => {
      picker.onDidChangeValue((words) => void look(words));
      picker.onDidAccept(() => resolve(picker.activeItems[0]?.id));
      picker.onDidHide(() => resolve(undefined));
    });
    picker.show();
    void look('');
    try {
      return await chosen;
    } finally {
      picker.dispose();
    }
  }
}

function toItem({ id, title, lastQuestion, updated }: ConversationSummary): Item {
  const detail = new Date(updated).toLocaleString(vscode.env.language);
  // The words may occur in an answer only, which the editor's own filter does not see.
  return { id, label: title, description: lastQuestion, detail, alwaysShow: true };
}

/** Commands are called with what stands in the view, with an id, or with nothing. */
function idOf(target: unknown): string | undefined {
  const id = typeof target === 'string' ? target : (target as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' ? id : undefined;
}
