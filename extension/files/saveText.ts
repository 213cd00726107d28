import * as vscode from 'vscode';
import { writeWhole } from '../../server/common/writeWhole.js';

/** Asks where a text is to go, writes it whole and shows it. Nothing happens where the person does not choose. */
export async function saveText(text: string, proposed: vscode.Uri, filters: Record<string, string[]>): Promise<void> {
  const target = await vscode.window.showSaveDialog({ defaultUri: proposed, filters });
  if (target) {
    await (target.scheme === 'file' ? writeWhole(target.fsPath, text) : vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text)));
    await vscode.window.showTextDocument(target, { preview: true });
  }
}
