import { basename } from 'node:path';
import * as vscode from 'vscode';
import { addEntry, applyChanges, documentHead, type DocumentStyle, removeFailure, type SummaryEntry, summarizedHashes, type TextChange } from './summaryDocument.js';

/** A document that grows by one entry at a time: a file where the folder can be written to, else an untitled one. */
export class GrowingDocument {
  private constructor(
    private document: vscode.TextDocument,
    private readonly style: DocumentStyle,
  ) {}

  /** @param file left out: an untitled document */
  static async open(file: vscode.Uri | undefined, title: string, style: DocumentStyle): Promise<GrowingDocument> {
    const document = (file && (await openFile(file, documentHead(title, style)))) ?? (await untitled(documentHead(title, style)));
    await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
    return new GrowingDocument(document, style);
  }

  /** Content hashes of the clips it has summaries of. */
  get hashes(): Set<string> {
    return summarizedHashes(this.document.getText());
  }

  add(entry: SummaryEntry): Promise<void> {
    return this.change((text) => addEntry(text, entry, this.style));
  }

  /** A clip that failed before turned out to be there already. */
  forgetFailure(name: string): Promise<void> {
    return this.change((text) => removeFailure(text, name));
  }

  private async change(changesOf: (text: string) => TextChange[]): Promise<void> {
    const text = this.document.getText();
    const changes = changesOf(text);
    if (changes.length === 0) {
      return;
    }
    if (this.document.isClosed) {
      // A file is opened again without being shown; what was untitled and closed begins anew, with all it had.
      this.document = this.document.isUntitled
        ? await untitled(applyChanges(text, changes))
        : await vscode.workspace.openTextDocument(this.document.uri);
      return this.document.isUntitled ? undefined : this.change(changesOf);
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { start, end, text: added } of changes) {
      edit.replace(this.document.uri, new vscode.Range(this.document.positionAt(start), this.document.positionAt(end)), added);
    }
    const done = await vscode.workspace.applyEdit(edit);
    const saved = !done || this.document.isUntitled || (await this.document.save());
    if (!done || !saved) {
      throw new Error(vscode.l10n.t('{0} could not be written.', basename(this.document.uri.path)));
    }
  }
}

/** @returns undefined where no file can be made */
async function openFile(file: vscode.Uri, head: string): Promise<vscode.TextDocument | undefined> {
  try {
    const exists = await vscode.workspace.fs.stat(file).then(() => true, () => false);
    if (!exists) {
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(head));
    } else if (((await vscode.workspace.fs.stat(file)).permissions ?? 0) & vscode.FilePermission.Readonly) {
      return undefined;
    }
    return await vscode.workspace.openTextDocument(file);
  } catch {
    return undefined;
  }
}

async function untitled(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false, preserveFocus: true });
  return document;
}
