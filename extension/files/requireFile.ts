import type * as vscode from 'vscode';
import { l10n } from 'vscode';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';

/**
 * The server reads files on a disk.
 * @throws VideoChatError `VideoNotFound` for what lies elsewhere: in a virtual workspace, in a commit
 */
export function requireFile(uri: vscode.Uri): void {
  if (uri.scheme !== 'file') {
    throw new VideoChatError(ErrorCode.VideoNotFound, l10n.t('VideoChat can only read files on a disk, not "{0}".', uri.scheme), {
      hint: l10n.t('Save a copy on a disk first.'),
      subject: uri.toString(),
    });
  }
}
