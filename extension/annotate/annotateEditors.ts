import * as vscode from 'vscode';
import type { AnnotateCommand, AnnotateHostMessage } from '../../server/protocol/index.js';
import { AnnotateEditor, type AnnotateParts } from './annotateEditor.js';
import { annotateJsonViewType, annotateViewType } from './annotationFiles.js';
import type { OpenDocuments } from './openDocuments.js';

/** Opens annotation documents, and knows which of them is in front. */
export class AnnotateEditors implements vscode.CustomTextEditorProvider {
  private readonly editors = new Set<AnnotateEditor>();
  /** What to tell editors that are being opened, by document. */
  private readonly pending = new Map<string, AnnotateHostMessage[]>();
  private newest: AnnotateEditor | undefined;
  private focus: string | undefined;
  private readonly emptied = new vscode.EventEmitter<vscode.TextDocument>();
  /** The last editor of a document was closed. */
  readonly onDidCloseLast = this.emptied.event;

  constructor(
    private readonly documents: OpenDocuments,
    private readonly parts: Omit<AnnotateParts, 'changed' | 'closed'>,
  ) {}

  /** The editor that has the focus, else the one that had it last. */
  get current(): AnnotateEditor | undefined {
    return [...this.editors].find(({ panel }) => panel.active) ?? this.newest;
  }

  get all(): AnnotateEditor[] {
    return [...this.editors];
  }

  async resolveCustomTextEditor(document: vscode.TextDocument, panel: vscode.WebviewPanel): Promise<void> {
    const open = this.documents.get(document);
    // Labels and tracks are there when the page first draws.
    await open.ready;
    const editor = new AnnotateEditor(panel, open, {
      ...this.parts,
      changed: (changed) => this.changed(changed),
      closed: (closed) => this.closed(closed),
    });
    this.editors.add(editor);
    this.changed(editor);
    const key = document.uri.toString();
    this.pending.get(key)?.forEach((message) => editor.post(message));
    this.pending.delete(key);
  }

  /** Shows a document, and tells its page something as soon as it listens. */
  async show(uri: vscode.Uri, message?: AnnotateHostMessage): Promise<void> {
    const key = uri.toString();
    const known = this.all.filter(({ open }) => open.document.uri.toString() === key);
    const shown = known.find(({ panel }) => panel.active) ?? known[0];
    if (shown) {
      shown.panel.reveal();
    } else if (message) {
      this.pending.set(key, [message]);
    }
    if (!shown) {
      const viewType = uri.path.endsWith('.videochat.json') ? annotateViewType : annotateJsonViewType;
      await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
    } else if (message) {
      shown.post(message);
    }
  }

  /** @param byKey it was a key that is a letter where something is written */
  run(command: AnnotateCommand, byKey = false): void {
    const { current } = this;
    if (byKey && current?.place === 'text') {
      // The editor learns where the focus is later than we do: the letter is in the field already.
      return;
    }
    if (current) {
      current.post({ type: 'command', command });
    } else {
      void vscode.window.showInformationMessage(vscode.l10n.t('Open annotations first: "VideoChat: Annotate Video…".'));
    }
  }

  dispose(): void {
    this.all.forEach((editor) => editor.dispose());
    this.emptied.dispose();
  }

  private changed(editor: AnnotateEditor): void {
    if (editor.panel.active) {
      this.newest = editor;
    }
    const place = this.current?.place;
    if (place !== this.focus) {
      this.focus = place;
      void vscode.commands.executeCommand('setContext', 'videochat.annotate.focus', place);
    }
  }

  private closed(editor: AnnotateEditor): void {
    this.editors.delete(editor);
    const { document } = editor.open;
    if (this.newest === editor) {
      this.newest = this.all.at(-1);
    }
    if (!this.all.some(({ open }) => open.document === document)) {
      this.emptied.fire(document);
    }
  }
}
