import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { annotateCommands, type AnnotationEdit, type AnnotateHostMessage } from '../../server/protocol/index.js';
import { MediaUrls } from '../chat/mediaUrls.js';
import type { ExtensionParts } from '../context.js';
import { addLabel } from './addLabel.js';
import { annotateActions } from './annotateActions.js';
import { AnnotateEditors, annotateJsonViewType, annotateViewType } from './annotateEditors.js';
import { annotatePrefix } from './annotateKeys.js';
import { safeEditSchema } from './annotateMessages.js';
import { annotateVideos } from './annotateVideo.js';
import { AnnotatorName } from './annotatorName.js';
import { lineChange } from './lineText.js';
import { NewDocuments } from './newDocument.js';
import { OpenDocuments } from './openDocuments.js';
import { ProblemFixes } from './problemFixes.js';
import { ProblemReporter } from './problemReporter.js';
import { refusalProblem } from './problemTexts.js';
import type { Annotators, ReviewQueue } from './reviewQueue.js';
import { writeChange } from './writeChange.js';

const segment = z.object({ startSeconds: z.number(), endSeconds: z.number() });
const target = z.optional(
  z.union([
    z.object({ list: z.enum(['segments', 'questions', 'conversations']), itemId: z.string() }),
    z.object({ segment }),
  ]),
);
const edits = z.array(safeEditSchema);

/**
 * The annotator: its editors, its commands, problems of annotation documents. Nothing is read or started before a
 * document is opened.
 *
 * @param chatClips the clips of the chat panel in front
 */
export function registerAnnotate(parts: ExtensionParts, chatClips: () => string[]): Annotators {
  const { server, settings } = parts;
  let review: ReviewQueue | undefined;
  const documents = new OpenDocuments(server);
  const created = new NewDocuments();
  const editors = new AnnotateEditors(documents, {
    ...parts,
    urls: new MediaUrls(async (base) => (await vscode.env.asExternalUri(vscode.Uri.parse(base))).toString(true)),
    annotator: new AnnotatorName(settings),
    review: () => review,
  });
  const handlers: Record<string, (...args: unknown[]) => unknown> = {
    'videochat.annotateVideo': (uri, uris, moment) =>
      annotateVideos(clipsOf(uri, uris, chatClips), { ...parts, documents, editors, created }, segment.safeParse(moment).data),
    [`${annotatePrefix}reveal`]: (uri, what) => reveal(editors, uri, what),
    [`${annotatePrefix}applyEdits`]: (uri, changes) => applyEdits(documents, uri, changes),
    [`${annotatePrefix}addLabel`]: (manifest, name) => addLabelTo(manifest, name),
    [`${annotatePrefix}locateMedia`]: async (uri) => {
      await reveal(editors, uri, undefined);
      const { current } = editors;
      await (current && annotateActions(current, { server })('locateMedia'));
    },
    [`${annotatePrefix}openAsText`]: () => editors.current && annotateActions(editors.current, { server })('openAsText'),
    [`${annotatePrefix}rebindKeys`]: () => vscode.commands.executeCommand('workbench.action.openGlobalKeybindings', 'videochat.annotate'),
    ...Object.fromEntries(annotateCommands.map((command) => [annotatePrefix + command, () => editors.run(command)])),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  const registrations = vscode.Disposable.from(
    ...[annotateViewType, annotateJsonViewType].map((viewType) => vscode.window.registerCustomEditorProvider(viewType, editors, options)),
    ...Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    vscode.languages.registerCodeActionsProvider([{ pattern: '**/*.json' }], new ProblemFixes(documents), { providedCodeActionKinds: ProblemFixes.kinds }),
    new ProblemReporter(documents),
    editors.onDidCloseLast(({ uri, isDirty }) => !isDirty && void created.closed(uri.fsPath)),
    editors,
    documents,
  );
  documents.adoptOpen();
  return {
    useReview(queue) {
      review = queue;
      const changed = queue.onDidChange(() => editors.all.forEach(({ controller }) => controller.surroundingsChanged()));
      return {
        dispose: () => {
          review = review === queue ? undefined : review;
          return changed.dispose();
        },
      };
    },
    dispose: () => void registrations.dispose(),
  };
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
