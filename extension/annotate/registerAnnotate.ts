import * as vscode from 'vscode';
import { annotateCommands } from '../../server/protocol/index.js';
import { Lazy } from '../../server/common/lazy.js';
import type { ExtensionParts } from '../context.js';
import { annotatePrefix } from './annotateKeys.js';
import { annotateJsonViewType, annotateViewType, isAnnotations, isManifest } from './annotationFiles.js';
import type { Annotators } from './reviewQueue.js';

/** Commands that need no editor in front. */
const commands = [
  'videochat.annotateVideo',
  'videochat.annotate.reveal',
  'videochat.annotate.applyEdits',
  'videochat.annotate.addLabel',
  'videochat.annotate.locateMedia',
  'videochat.annotate.openAsText',
  'videochat.annotate.rebindKeys',
] as const;
export type AnnotatorCommand = (typeof commands)[number];

/**
 * The annotator. It is loaded when one of its editors, its commands or a text that it looks for problems in is opened.
 *
 * @param chatClips the clips of the chat panel in front
 */
export function registerAnnotate(parts: ExtensionParts, chatClips: () => string[]): Annotators {
  const { log } = parts;
  const annotator = new Lazy(async () => {
    const { Annotator } = await import('../onDemand.js');
    return new Annotator(parts, chatClips);
  });
  const opened = (document: vscode.TextDocument): void => {
    if (isAnnotations(document) || isManifest(document)) {
      annotator.get().catch((error: unknown) => log.error(String(error)));
    }
  };
  const provider: vscode.CustomTextEditorProvider = {
    resolveCustomTextEditor: async (document, panel) => (await annotator.get()).editors.resolveCustomTextEditor(document, panel),
  };
  const options = { supportsMultipleEditorsPerDocument: true };
  const registrations = vscode.Disposable.from(
    ...[annotateViewType, annotateJsonViewType].map((viewType) => vscode.window.registerCustomEditorProvider(viewType, provider, options)),
    ...commands.map((id) => vscode.commands.registerCommand(id, async (...args: unknown[]) => (await annotator.get()).run(id, args))),
    ...annotateCommands.map((command) =>
      vscode.commands.registerCommand(annotatePrefix + command, async (how?: unknown) => (await annotator.get()).editors.run(command, how === 'key')),
    ),
    vscode.workspace.onDidOpenTextDocument(opened),
    annotator,
  );
  vscode.workspace.textDocuments.forEach(opened);
  return {
    useReview: async (queue) => (await annotator.get()).useReview(queue),
    dispose: () => void registrations.dispose(),
  };
}
