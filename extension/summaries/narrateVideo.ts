import { basename } from 'node:path';
import * as vscode from 'vscode';
import { usingClip } from '../../server/client/usingClip.js';
import { type Narration, NarrationCreateRequest, NarrationExportRequest, type NarrationFormat } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { pickVideo } from '../files/pickVideo.js';
import { requireFile } from '../files/requireFile.js';
import { saveText } from '../files/saveText.js';
import { modelFor } from '../models/modelFor.js';
import { showProblem } from '../showProblem.js';
import { documentStyle } from './links.js';
import { narrationDocument } from './narrationDocument.js';
import { stageText } from './progressText.js';

/** Tells what happens in a clip, a line every few seconds, in a new Markdown document that can be saved as subtitles too. */
export async function narrateVideo(parts: ExtensionParts, given: vscode.Uri | undefined): Promise<void> {
  const { t } = vscode.l10n;
  try {
    const uri = given ?? (await pickVideo({ title: t('VideoChat: Narrate Video') }));
    if (!uri) {
      return;
    }
    requireFile(uri);
    const asked = await askHow();
    if (!asked) {
      return;
    }
    const title = t('Narrating {0}', basename(uri.fsPath));
    const narration = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (bar, token) => {
      const { client } = await parts.server.client();
      return usingClip(client, uri.fsPath, { token }, async ({ videoId }) => {
        const model = await modelFor(client, parts.settings.values.model, t);
        const onProgress = (value: Parameters<typeof stageText>[0]): void => bar.report({ message: stageText(value, t) });
        return client.request(NarrationCreateRequest, { videoId, modelId: model.id, ...asked }, { token, onProgress });
      });
    });
    const content = narrationDocument(basename(uri.fsPath), narration, documentStyle(() => uri, undefined));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }), { preview: false });
    await offerExport(parts, uri, narration);
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

/** How long each line is about, and how many wordings it has. */
async function askHow(): Promise<{ everySeconds: number; variants: number } | undefined> {
  const { t } = vscode.l10n;
  const item = (everySeconds: number, variants: number): vscode.QuickPickItem & { everySeconds: number; variants: number } => ({
    label: t('A line every {0} seconds', everySeconds),
    ...(variants > 0 ? { description: t('with {0} other wordings of each, for training', variants) } : {}),
    everySeconds,
    variants,
  });
  const chosen = await vscode.window.showQuickPick([item(4, 0), item(2, 0), item(8, 0), item(4, 5)], { title: t('VideoChat: Narrate Video') });
  return chosen && { everySeconds: chosen.everySeconds, variants: chosen.variants };
}

async function offerExport({ server }: ExtensionParts, uri: vscode.Uri, { facts, lines, note }: Narration): Promise<void> {
  const { t } = vscode.l10n;
  const formats: Record<string, { format: NarrationFormat; ending: string }> = {
    [t('Save as WebVTT…')]: { format: 'webvtt', ending: 'vtt' },
    [t('Save as SubRip…')]: { format: 'srt', ending: 'srt' },
    [t('Save as JSON Lines…')]: { format: 'jsonl', ending: 'jsonl' },
  };
  const chosen = await vscode.window.showInformationMessage([t('{0} lines were written.', lines.length), note].join(' ').trim(), ...Object.keys(formats));
  const format = chosen === undefined ? undefined : formats[chosen];
  if (format) {
    const { client } = await server.client();
    const { text } = await client.request(NarrationExportRequest, { narration: { facts, lines }, format: format.format });
    await saveText(text, vscode.Uri.file(`${uri.fsPath.replace(/\.[^./\\]*$/, '')}.narration.${format.ending}`), { [format.format]: [format.ending] });
  }
}
