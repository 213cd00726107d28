import { basename } from 'node:path';
import * as vscode from 'vscode';
import { usingClip } from '../../server/client/usingClip.js';
import { ComparisonCreateRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { pickVideo } from '../files/pickVideo.js';
import { requireFile } from '../files/requireFile.js';
import { modelFor } from '../models/modelFor.js';
import { showProblem } from '../showProblem.js';
import { comparisonDocument } from './comparisonDocument.js';
import { documentStyle } from './links.js';
import { stageText } from './progressText.js';

/** Compares two clips that are given, or that the person chooses, in a new Markdown document. */
export async function compareVideos(parts: ExtensionParts, given: readonly vscode.Uri[]): Promise<void> {
  const { t } = vscode.l10n;
  try {
    const first = given[0] ?? (await pickVideo({ title: t('VideoChat: Compare Two Videos (1/2)') }));
    const second = first && (given[1] ?? (await pickVideo({ title: t('VideoChat: Compare Two Videos (2/2)') })));
    if (!first || !second) {
      return;
    }
    if (given.length > 2) {
      void vscode.window.showInformationMessage(t('Two videos are compared at a time.'));
      return;
    }
    [first, second].forEach(requireFile);
    const names: [string, string] = namesOf(first, second);
    const title = t('Comparing {0} and {1}', ...names);
    const comparison = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (bar, token) => {
      const { client } = await parts.server.client();
      return usingClip(client, first.fsPath, { token }, (one) =>
        usingClip(client, second.fsPath, { token }, async (other) => {
          const model = await modelFor(client, parts.settings.values.model, t);
          return client.request(ComparisonCreateRequest, { videoIds: [one.videoId, other.videoId], modelId: model.id }, {
            token,
            onProgress: (value) => (value.kind === 'step' ? bar.report({ message: stageText(value, t) }) : undefined),
          });
        }),
      );
    });
    const style = documentStyle((name) => (name === names[0] ? first : second), undefined);
    const content = comparisonDocument(names, comparison, style);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }), { preview: false });
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

/** File names; paths where those are the same. */
function namesOf(first: vscode.Uri, second: vscode.Uri): [string, string] {
  const names: [string, string] = [basename(first.fsPath), basename(second.fsPath)];
  return names[0] === names[1] ? [vscode.workspace.asRelativePath(first), vscode.workspace.asRelativePath(second)] : names;
}
