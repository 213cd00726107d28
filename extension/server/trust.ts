import * as vscode from 'vscode';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';

/** Why the server may not be started in this workspace, if so. */
export function trustRefusal(): VideoChatError | undefined {
  if (vscode.workspace.isTrusted) {
    return undefined;
  }
  return new VideoChatError(ErrorCode.NotTrusted, vscode.l10n.t('VideoChat does not run in a workspace that is not trusted.'), {
    hint: vscode.l10n.t('Trust this workspace to let VideoChat read its videos.'),
  });
}
