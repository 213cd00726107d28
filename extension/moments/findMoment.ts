import { basename } from 'node:path';
import * as vscode from 'vscode';
import { usingClip } from '../../server/client/usingClip.js';
import type { CancellationToken } from '../../server/common/cancellation.js';
import { LocateCreateRequest, type LocateResult } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { modelFor } from '../models/modelFor.js';
import { showProblem } from '../showProblem.js';
import { chooseClip } from './chooseClip.js';
import { momentItems } from './momentItems.js';
import { workText } from './workText.js';

/**
 * Asks what is looked for, finds when it is to be seen, and opens the clip there.
 *
 * @param current clips of the conversation in front
 */
export async function findMoment(parts: ExtensionParts, given: vscode.Uri | undefined, current: readonly string[]): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('VideoChat: Find the Moment');
  try {
    const path = await chooseClip(given, current, title);
    const query = path && (await vscode.window.showInputBox({ title, prompt: basename(path), placeHolder: t('What is looked for, e.g. "a dog", or "when does somebody speak?"') }));
    if (path === undefined || !query?.trim()) {
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title: t('Finding "{0}"', query), cancellable: true };
    const found = await vscode.window.withProgress(options, (bar, token) => locate(parts, path, query, token, (message) => bar.report({ message })));
    const items = momentItems(found.spans, t);
    if (items.length === 0) {
      void vscode.window.showInformationMessage([t('Nothing was found for "{0}".', query), found.note ?? ''].join(' ').trim());
      return;
    }
    const placeHolder = found.from === 'events' ? t('From what was noticed in the clip') : t('As {0} says', found.model?.name ?? '');
    const chosen = await vscode.window.showQuickPick(items, { title: `${title}: ${query}`, placeHolder: [placeHolder, found.note ?? ''].join('. ').replace(/\. $/, '') });
    if (chosen) {
      const { startSeconds, endSeconds } = chosen.span;
      const uri = vscode.Uri.file(path);
      await vscode.commands.executeCommand('videochat.chatWithVideo', uri, [uri], { startSeconds, endSeconds, mark: true });
    }
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

async function locate({ server, settings }: ExtensionParts, path: string, query: string, token: CancellationToken, say: (text: string) => void): Promise<LocateResult> {
  const { t } = vscode.l10n;
  const { client } = await server.client();
  const model = await modelFor(client, settings.values.model, t);
  return usingClip(client, path, { token }, ({ videoId }) =>
    client.request(LocateCreateRequest, { videoId, query, modelId: model.id }, { token, onProgress: (value) => say(workText(value, t) ?? '') }),
  );
}
