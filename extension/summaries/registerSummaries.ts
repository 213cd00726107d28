import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** The commands that write summaries of a clip or a folder of clips. */
export function registerSummaries(_parts: ExtensionParts): vscode.Disposable {
  return new vscode.Disposable(() => undefined);
}
