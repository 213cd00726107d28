import * as vscode from 'vscode';
import { type OpenRequest, readOpenQuery } from './openUri.js';

/** Opens `vscode://videochat.videochat/open?file=…`: a link of a summary, or of anybody. */
export const uriHandler: vscode.UriHandler = {
  async handleUri(uri) {
    const request = uri.path === '/open' ? readOpenQuery(uri.query) : undefined;
    if (!request) {
      void vscode.window.showWarningMessage(vscode.l10n.t('VideoChat cannot open this link.'));
      return;
    }
    const file = await locate(request);
    if (!file) {
      void vscode.window.showWarningMessage(vscode.l10n.t('There is no file "{0}" here.', request.file));
      return;
    }
    if (await mayOpen(file)) {
      await vscode.commands.executeCommand('videochat.chatWithVideo', file, [file], request.segment);
    }
  },
};

async function locate({ file }: OpenRequest): Promise<vscode.Uri | undefined> {
  const isFile = async (uri: vscode.Uri): Promise<boolean> =>
    vscode.workspace.fs.stat(uri).then(({ type }) => (type & vscode.FileType.File) !== 0, () => false);
  const absolute = /^([\\/]|[a-z]:)/i.test(file);
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = absolute ? [vscode.Uri.file(file)] : folders.map((folder) => vscode.Uri.joinPath(folder.uri, file));
  for (const candidate of candidates) {
    if (await isFile(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** A clip of the workspace is opened as a click on it would; for any other the person is asked, as links may come from anywhere. */
async function mayOpen(file: vscode.Uri): Promise<boolean> {
  if (vscode.workspace.getWorkspaceFolder(file)) {
    return true;
  }
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('A link asks VideoChat to open this file. Do you want that?');
  return (await vscode.window.showWarningMessage(message, { modal: true, detail: file.fsPath }, open)) === open;
}
