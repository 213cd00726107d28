import * as vscode from 'vscode';
import * as z from 'zod/mini';

const moment = z.object({ path: z.string().check(z.minLength(1), z.maxLength(4096)), startSeconds: z.number(), endSeconds: z.number() });

/** Opens a clip at a moment: what the links of answers in the editor's chat do. */
export async function showMoment(argument: unknown): Promise<void> {
  const { success, data } = z.safeParse(moment, argument);
  if (success) {
    const uri = vscode.Uri.file(data.path);
    await vscode.commands.executeCommand('videochat.chatWithVideo', uri, [uri], { startSeconds: data.startSeconds, endSeconds: data.endSeconds, mark: true });
  }
}
