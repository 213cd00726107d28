import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { DocumentStyle, SummaryEntry, TextChange } from './documentText.js';
import { addEntry, documentHead, hasCopy, removeLine, summarizedClips } from './summaryDocument.js';

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

  /** Names of the clips it has summaries of, by content hash. */
  get clips(): Map<string, string> {
    return summarizedClips(this.document.getText());
  }

  /** Says already that this clip is a copy of another. */
  hasCopy(name: string): boolean {
    return hasCopy(this.document.getText(), name);
  }

  add(entry: SummaryEntry): Promise<void> {
    return this.change((text) => addEntry(text, entry, this.style));
  }

  /** A clip that failed before, or was a copy, turned out to be there already. */
  forgetLine(name: string): Promise<void> {
    return this.change((text) => removeLine(text, name));
  }

  private async change(changesOf: (text: string) => TextChange[]): Promise<void> {
    if (this.document.isClosed) {
      await this.reopen();
    }
    // An edit is refused when the person types at that moment, and saving when the editor is too busy.
    const done = (await persist(() => this.edit(changesOf))) && (this.document.isUntitled || (await persist(() => this.save())));
    if (!done) {
      throw new Error(vscode.l10n.t('{0} could not be written.', basename(this.document.uri.path)));
    }
  }

  private async edit(changesOf: (text: string) => TextChange[]): Promise<boolean> {
    const { document } = this;
    const changes = changesOf(document.getText());
    if (changes.length === 0) {
      return true;
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { start, end, text } of changes) {
      edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
    }
    return vscode.workspace.applyEdit(edit);
  }

  private async save(): Promise<boolean> {
    return !this.document.isDirty || (await this.document.save());
  }

  /** A file is opened again without being shown; what was untitled and closed begins anew, with all it had. */
  private async reopen(): Promise<void> {
    const { document } = this;
    this.document = document.isUntitled ? await untitled(document.getText()) : await vscode.workspace.openTextDocument(document.uri);
  }
}

const attempts = 5;
const pauseMs = 500;

/** Tries again for a while. */
async function persist(attempt: () => Promise<boolean>): Promise<boolean> {
  for (let count = 1; count <= attempts; count++) {
    if (await attempt()) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
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
