import { basename } from 'node:path';
import * as vscode from 'vscode';
import { usingClip } from '../../server/client/usingClip.js';
import { readAnnotations } from '../../server/common/annotations/readAnnotations.js';
import { textChange } from '../../server/common/annotations/textChange.js';
import { writeAnnotations } from '../../server/common/annotations/writeAnnotations.js';
import type { CancellationToken } from '../../server/common/cancellation.js';
import { writeWhole } from '../../server/common/writeWhole.js';
import {
  AnnotateSuggestRequest,
  applyAnnotationEdits,
  DenseCaptionCreateRequest,
  DenseCaptionExportRequest,
  type DenseCaptionFormat,
} from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { modelFor } from '../models/modelFor.js';
import { showProblem } from '../showProblem.js';
import { chooseClip } from './chooseClip.js';
import { workText } from './workText.js';

type Target = vscode.QuickPickItem & ({ target: 'annotator' } | { target: 'file'; format: DenseCaptionFormat; ending: string });

/** Captions a clip event by event: as suggestions in the annotator, or into a file. */
export async function denseCaptionVideo(parts: ExtensionParts, given: vscode.Uri | undefined, current: readonly string[]): Promise<void> {
  const { t } = vscode.l10n;
  const title = t('VideoChat: Caption Event by Event');
  try {
    const path = await chooseClip(given, current, title);
    const targets: Target[] = [
      { label: t('Suggestions in the annotator'), description: t('to be accepted or rejected'), target: 'annotator' },
      { label: 'WebVTT', description: t('subtitles'), target: 'file', format: 'webvtt', ending: 'vtt' },
      { label: 'SubRip', description: t('subtitles'), target: 'file', format: 'srt', ending: 'srt' },
      { label: 'ActivityNet', description: t('results for an evaluation'), target: 'file', format: 'activitynet', ending: 'json' },
    ];
    const chosen = path === undefined ? undefined : await vscode.window.showQuickPick(targets, { title, placeHolder: basename(path) });
    if (path === undefined || !chosen) {
      return;
    }
    await (chosen.target === 'annotator' ? intoAnnotator(parts, path) : intoFile(parts, path, chosen.format, chosen.ending));
  } catch (error) {
    void showProblem(error, parts.log);
  }
}

function withProgress<T>(path: string, work: (token: CancellationToken, say: (message: string) => void) => Promise<T>): Thenable<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Captioning {0}', basename(path)), cancellable: true };
  return vscode.window.withProgress(options, (bar, token) => work(token, (message) => bar.report({ message })));
}

async function intoFile({ server, settings }: ExtensionParts, path: string, format: DenseCaptionFormat, ending: string): Promise<void> {
  const { t } = vscode.l10n;
  const text = await withProgress(path, async (token, say) => {
    const { client } = await server.client();
    const model = await modelFor(client, settings.values.model, t);
    return usingClip(client, path, { token }, async ({ videoId }) => {
      const made = await client.request(DenseCaptionCreateRequest, { videoId, modelId: model.id }, { token, onProgress: (value) => value.kind === 'step' && say(workText(value, t) ?? '') });
      if (made.captions.length === 0) {
        void vscode.window.showInformationMessage(made.note);
        return undefined;
      }
      const { facts, captions, model: by } = made;
      return (await client.request(DenseCaptionExportRequest, { clips: [{ facts, captions, ...(by ? { model: by } : {}) }], format }, { token })).text;
    });
  });
  if (text === undefined) {
    return;
  }
  const beside = vscode.Uri.file(`${path.replace(/\.[^./\\]*$/, '')}.captions.${ending}`);
  const target = await vscode.window.showSaveDialog({ defaultUri: beside, filters: { [ending]: [ending] } });
  if (target) {
    await (target.scheme === 'file' ? writeWhole(target.fsPath, text) : vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text)));
    await vscode.window.showTextDocument(target, { preview: true });
  }
}

/** The document is changed, not saved: one step back takes the suggestions away again. */
async function intoAnnotator({ server, settings }: ExtensionParts, path: string): Promise<void> {
  const { t } = vscode.l10n;
  const clip = vscode.Uri.file(path);
  await vscode.commands.executeCommand('videochat.annotateVideo', clip, [clip]);
  const { input } = vscode.window.tabGroups.activeTabGroup.activeTab ?? {};
  if (!(input instanceof vscode.TabInputCustom) || !input.viewType.startsWith('videochat.annotate')) {
    return;
  }
  const document = await vscode.workspace.openTextDocument(input.uri);
  const { edits, note } = await withProgress(path, async (token, say) => {
    const { client } = await server.client();
    const model = await modelFor(client, settings.values.model, t);
    const params = { videoPath: path, document: document.getText(), task: 'denseCaption' as const, modelId: model.id };
    return client.request(AnnotateSuggestRequest, params, { token, onProgress: (value) => value.kind === 'step' && say(`${value.what} ${value.done}/${value.total}`) });
  });
  // The person may have gone on meanwhile: what is there now is what is changed.
  const before = document.getText();
  const known = readAnnotations(before).document;
  const changed = known && applyAnnotationEdits(known, edits).document;
  const change = changed && edits.length > 0 ? textChange(before, writeAnnotations(changed)) : undefined;
  if (change) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(document.positionAt(change.start), document.positionAt(change.end)), change.text);
    await vscode.workspace.applyEdit(edit);
  }
  if (note !== '') {
    void vscode.window.showInformationMessage(note);
  }
}
