import * as vscode from 'vscode';
import type { LineChange } from './lineText.js';

/** Replaces lines of an open document, as one step of undo. False if it has changed meanwhile or may not be changed. */
export async function writeChange(document: vscode.TextDocument, { startLine, endLine, text }: LineChange): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  const end = endLine >= document.lineCount ? document.lineAt(document.lineCount - 1).range.end : new vscode.Position(endLine, 0);
  const ownEnds = document.eol === vscode.EndOfLine.CRLF ? text.replaceAll('\n', '\r\n') : text;
  edit.replace(document.uri, new vscode.Range(new vscode.Position(startLine, 0), end), ownEnds);
  return vscode.workspace.applyEdit(edit);
}
