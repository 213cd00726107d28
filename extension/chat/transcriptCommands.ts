import * as vscode from 'vscode';
import type { Conversation } from './conversation.js';
import type { ConversationStore } from './conversationStore.js';
import { toRatingLines } from './ratingsExport.js';
import { toTranscript, transcriptName } from './transcript.js';

export async function copyTranscript(conversation: Conversation): Promise<void> {
  await vscode.env.clipboard.writeText(toTranscript(conversation, vscode.l10n.t));
  vscode.window.setStatusBarMessage(vscode.l10n.t('Transcript copied'), 3000);
}

/** Writes the conversation as Markdown where the person wants it, and shows it. */
export async function exportTranscript(conversation: Conversation): Promise<void> {
  const target = await askWhere(transcriptName(conversation.title), { Markdown: ['md'] });
  if (target && (await write(target, toTranscript(conversation, vscode.l10n.t)))) {
    await vscode.window.showTextDocument(target, { preview: true });
  }
}

/** Writes all rated answers of this workspace as JSON lines. */
export async function exportRatings(store: ConversationStore): Promise<void> {
  const summaries = await store.list();
  const conversations = await Promise.all(summaries.map(({ id }) => store.get(id)));
  const lines = toRatingLines(conversations.filter((found) => found !== undefined));
  if (lines === '') {
    void vscode.window.showInformationMessage(vscode.l10n.t('No answer has been rated yet.'));
    return;
  }
  const target = await askWhere('videochat-ratings.jsonl', { 'JSON Lines': ['jsonl'] });
  if (target && (await write(target, lines))) {
    await vscode.window.showTextDocument(target, { preview: true });
  }
}

async function askWhere(name: string, filters: Record<string, string[]>): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({ filters, defaultUri: folder ? vscode.Uri.joinPath(folder, name) : undefined });
}

async function write(target: vscode.Uri, text: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('The file could not be written: {0}', reason));
    return false;
  }
}
