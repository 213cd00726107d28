import * as vscode from 'vscode';
import { formatBytes } from '../../server/common/formatBytes.js';
import { ModelRemoveRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { keepModel } from './selectModel.js';

/** A model that may be removed. */
export interface Removable {
  id: string;
  name: string;
  bytes: number;
}

/** Asks, and takes a model off the disk. @returns whether it is gone */
export async function removeModel({ server, settings }: ExtensionParts, { id, name, bytes }: Removable): Promise<boolean> {
  const { t } = vscode.l10n;
  const remove = t('Remove');
  const detail = t('{0} are freed. Files that other programs have put into the hub\'s cache stay there.', formatBytes(bytes));
  if ((await vscode.window.showWarningMessage(t('Remove {0} from this machine?', name), { modal: true, detail }, remove)) !== remove) {
    return false;
  }
  const { client } = await server.client();
  const { freedBytes } = await client.request(ModelRemoveRequest, { id });
  if (settings.values.model === id) {
    await keepModel('');
  }
  vscode.window.setStatusBarMessage(t('{0} is gone: {1} are free again.', name, formatBytes(freedBytes)), 5_000);
  return true;
}
