import type * as vscode from 'vscode';

/** Where a file lies on the machine of the server; undefined for one that is not on a disk there. */
export function localPath(uri: Pick<vscode.Uri, 'scheme' | 'fsPath'>): string | undefined {
  // In a remote window the page is told of remote files by that scheme; this extension runs where they lie.
  return uri.scheme === 'file' || uri.scheme === 'vscode-remote' ? uri.fsPath : undefined;
}
