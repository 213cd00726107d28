import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

export function registerChat(_parts: ExtensionParts): vscode.Disposable {
  return new vscode.Disposable(() => undefined);
}
