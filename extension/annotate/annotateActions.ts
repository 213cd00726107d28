import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { AnnotatePageMessage, PanelProblem } from '../../server/protocol/index.js';
import { localPath } from '../files/localPath.js';
import { pickVideo } from '../files/pickVideo.js';
import type { AnnotateEditor, AnnotateParts } from './annotateEditor.js';
import { mediaPathFor } from '../../server/common/annotations/clipPlaces.js';
import { removeWriteProtection } from './writeProtection.js';

type Action = Extract<AnnotatePageMessage, { type: 'action' }>['action'];

/** What the page of an editor may ask VS Code to do. */
export function annotateActions(editor: AnnotateEditor, { server }: Pick<AnnotateParts, 'server'>): (action: Action) => Promise<PanelProblem | undefined> {
  const { controller, open, panel } = editor;
  const run = async (command: string, ...args: unknown[]): Promise<undefined> => {
    await vscode.commands.executeCommand(command, ...args);
    return undefined;
  };
  return async (action) => {
    switch (action) {
      case 'undo':
      case 'redo':
        // The text's own undo is at once: edits on their way would come after it, and there would be nothing to redo.
        return open.model.inOrder(async () => {
          if (!panel.active) {
            panel.reveal();
          }
          return run(action);
        });
      case 'save':
        await open.model.settled();
        return (await open.document.save()) ? undefined : { message: vscode.l10n.t('The document was not saved.') };
      case 'makeWritable':
        return makeWritable(open);
      case 'openAsText':
        return run('vscode.openWith', open.document.uri, 'default', panel.viewColumn);
      case 'openInChat':
        return controller.clipPath === undefined ? { message: vscode.l10n.t('The clip is not known yet.') } : run('videochat.chatWithVideo', vscode.Uri.file(controller.clipPath));
      case 'locateMedia':
        return locateMedia(editor);
      case 'restartServer':
        if (!vscode.workspace.isTrusted) {
          return run('workbench.trust.manage');
        }
        // What runs is not ended for the sake of one clip.
        await (server.running() ? controller.retry() : run('videochat.restartServer'));
        return undefined;
      case 'showLog':
        return run('videochat.showLog');
      case 'showKeys':
        editor.post({ type: 'command', command: 'showKeys' });
        return undefined;
      case 'rebindKeys':
        return run('workbench.action.openGlobalKeybindings', 'videochat.annotate');
    }
  };
}

/** Each key that changes nothing asks the same. */
const asking = new WeakSet<AnnotateEditor['open']>();

/** Asks first: somebody may have protected it on purpose. */
async function makeWritable(open: AnnotateEditor['open']): Promise<PanelProblem | undefined> {
  const { t } = vscode.l10n;
  if (asking.has(open)) {
    return undefined;
  }
  asking.add(open);
  const yes = t('Make Writable');
  const name = basename(open.path);
  try {
    // It may have become writable meanwhile.
    await open.refresh();
    if (open.readOnly && (await vscode.window.showWarningMessage(t('"{0}" is read-only, so nothing was changed.', name), yes)) === yes) {
      await removeWriteProtection(open.path);
    }
    return undefined;
  } catch (error) {
    return {
      message: t('"{0}" could not be made writable: {1}', name, error instanceof Error ? error.message : String(error)),
      hint: t('Ask its owner, or annotate a copy of the clip in a folder of your own.'),
    };
  } finally {
    asking.delete(open);
    await open.refresh();
  }
}

/** Lets a person point at the clip of a document. */
async function locateMedia({ open, controller }: AnnotateEditor): Promise<PanelProblem | undefined> {
  const chosen = await pickVideo({ title: vscode.l10n.t('Locate the Clip') });
  const path = chosen && localPath(chosen);
  const media = open.model.document?.media;
  if (path === undefined || !media) {
    return undefined;
  }
  return controller.edit([{ op: 'clip', set: { media: { ...media, path: mediaPathFor(open.path, path, open.foundDataset) } } }]);
}
