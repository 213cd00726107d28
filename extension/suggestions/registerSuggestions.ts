import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** The command that lets a model suggest annotations for many clips. Nothing of it is loaded before it is used. */
export function registerSuggestions(parts: ExtensionParts): vscode.Disposable {
  return vscode.commands.registerCommand('videochat.suggestAnnotations', async (uri?: unknown) => {
    const { suggestAnnotations } = await import('../onDemand.js');
    await suggestAnnotations(parts, uri instanceof vscode.Uri ? uri : undefined);
  });
}
