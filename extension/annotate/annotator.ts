import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { AnnotationEdit, AnnotateHostMessage } from '../../server/protocol/index.js';
import { MediaUrls } from '../chat/mediaUrls.js';
import type { ExtensionParts } from '../context.js';
import { addLabel } from './addLabel.js';
import { annotateActions } from './annotateActions.js';
import { AnnotateEditors } from './annotateEditors.js';
import { safeEditSchema } from './annotateMessages.js';
import { annotateVideos } from './annotateVideo.js';
import { AnnotatorName } from './annotatorName.js';
import { lineChange } from './lineText.js';
import { NewDocuments } from './newDocument.js';
import { OpenDocuments } from './openDocuments.js';
import { ProblemFixes } from './problemFixes.js';
import { ProblemReporter } from './problemReporter.js';
import { refusalProblem } from './problemTexts.js';
import type { AnnotatorCommand } from './registerAnnotate.js';
import type { ReviewQueue } from './reviewQueue.js';
import { writeChange } from './writeChange.js';

const segment = z.object({ startSeconds: z.number(), endSeconds: z.number() });
const target = z.optional(
  z.union([
    z.object({ list: z.enum(['segments', 'questions', 'conversations']), itemId: z.string() }),
    z.object({ segment }),
  ]),
);
const edits = z.array(safeEditSchema);

/** The annotator: its editors, its commands, problems of annotation documents. */
export class Annotator implements vscode.Disposable {
  readonly editors: AnnotateEditors;
  private readonly handlers: Record<AnnotatorCommand, (...args: unknown[]) => unknown>;
  private readonly registrations: vscode.Disposable;
  private review: ReviewQueue | undefined;

  /** @param chatClips the clips of the chat panel in front */
  constructor(parts: ExtensionParts, chatClips: () => string[]) {
    const { server, settings } = parts;
    const documents = new OpenDocuments(server);
    const created = new NewDocuments();
    const editors = (this.editors = new AnnotateEditors(documents, {
      ...parts,
      urls: new MediaUrls(async (base) => (await vscode.env.asExternalUri(vscode.Uri.parse(base))).toString(true)),
      annotator: new AnnotatorName(settings),
      review: () => this.review,
    }));
    this.handlers = {
      'videochat.annotateVideo': (uri, uris, moment) =>
        annotateVideos(clipsOf(uri, uris, chatClips), { ...parts, documents, editors, created }, segment.safeParse(moment).data),
      'videochat.annotate.reveal': (uri, what) => reveal(editors, uri, what),
      'videochat.annotate.applyEdits': (uri, changes) => applyEdits(documents, uri, changes),
      'videochat.annotate.addLabel': (manifest, name) => addLabelTo(manifest, name),
      'videochat.annotate.locateMedia': async (uri) => {
        await reveal(editors, uri, undefined);
        const { current } = editors;
        await (current && annotateActions(current, { server })('locateMedia'));
      },
      'videochat.annotate.openAsText': () => editors.current && annotateActions(editors.current, { server })('openAsText'),
      'videochat.annotate.rebindKeys': () => vscode.commands.executeCommand('workbench.action.openGlobalKeybindings', 'videochat.annotate'),
    };
    this.registrations = vscode.Disposable.from(
      vscode.languages.registerCodeActionsProvider([{ pattern: '**/*.json' }], new ProblemFixes(documents), { providedCodeActionKinds: ProblemFixes.kinds }),
      new ProblemReporter(documents),
      editors.onDidCloseLast(({ uri, isDirty }) => !isDirty && void created.closed(uri.fsPath)),
      editors,
      documents,
    );
    documents.adoptOpen();
  }

  run(command: AnnotatorCommand, args: unknown[]): unknown {
    return this.handlers[command](...args);
  }

  /** The review that runs in this window. */
  useReview(queue: ReviewQueue): vscode.Disposable {
    this.review = queue;
    const changed = queue.onDidChange(() => this.editors.all.forEach(({ controller }) => controller.surroundingsChanged()));
    return {
      dispose: () => {
        this.review = this.review === queue ? undefined : this.review;
        return changed.dispose();
      },
    };
  }

  dispose(): void {
    this.registrations.dispose();
  }
}

/** What was clicked and all that is selected; from a chat panel: its first clip. */
function clipsOf(uri: unknown, uris: unknown, chatClips: () => string[]): vscode.Uri[] {
  const all: unknown[] = Array.isArray(uris) && uris.length > 0 ? uris : [uri];
  const given = all.filter((each) => each instanceof vscode.Uri).filter(({ scheme }) => scheme !== 'webview-panel');
  return given.length > 0 ? given : chatClips().slice(0, 1).map((path) => vscode.Uri.file(path));
}

/** Opens annotations at an item or a moment. Documents are named by URI or absolute path. */
async function reveal(editors: AnnotateEditors, uri: unknown, what: unknown): Promise<void> {
  const document = typeof uri === 'string' ? vscode.Uri.file(uri) : uri;
  const { data, success } = target.safeParse(what);
  if (!(document instanceof vscode.Uri) || !success) {
    return;
  }
  const message: AnnotateHostMessage | undefined =
    data && ('segment' in data ? { type: 'seek', segment: data.segment, play: false } : { type: 'reveal', ...data });
  await editors.show(document, message);
}

/** Changes a document by edits, as one step of undo; it is opened if need be, and not saved. */
async function applyEdits(documents: OpenDocuments, uri: unknown, changes: unknown): Promise<boolean> {
  const { success } = edits.safeParse(changes);
  if (!(uri instanceof vscode.Uri) || !success) {
    return false;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const open = documents.get(document);
  await (open.readOnly ? open.refresh() : open.ready);
  const refusal = open.readOnly ? 'notWritable' : await open.model.edit(changes as AnnotationEdit[]);
  if (refusal) {
    const { message, hint } = refusalProblem(refusal, vscode.l10n.t);
    void vscode.window.showWarningMessage(hint ? `${message} ${hint}` : message);
  }
  return refusal === undefined;
}

/** A manifest that was saved is saved again; in one with other changes that is left to the person. */
async function addLabelTo(uri: unknown, name: unknown): Promise<void> {
  if (!(uri instanceof vscode.Uri) || typeof name !== 'string') {
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const wasSaved = !document.isDirty;
  const before = document.getText().replaceAll('\r\n', '\n');
  const after = addLabel(before, name);
  const change = after === undefined ? undefined : lineChange(before, after);
  if (change && (await writeChange(document, change)) && wasSaved) {
    await document.save();
  }
}
