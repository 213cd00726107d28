import * as vscode from 'vscode';
import { writeWhole } from '../../server/common/writeWhole.js';
import { type PanelProblem, TimelineExportRequest, type TimelineFormat } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import type { ChatPanel } from './chatPanel.js';
import { problemOf } from './problems.js';

/** Looks through a clip of the panel, whose page shows what comes of it. */
export async function lookThroughClip(panel: ChatPanel): Promise<void> {
  const clipId = await chooseVideo(panel);
  if (clipId !== undefined) {
    panel.focus('player');
    await panel.controller.clips.timeline(clipId)?.start();
  }
}

/** Exports the timeline of a clip of the panel. Where there is none yet, it can be made. */
export async function exportTimelineOfPanel(panel: ChatPanel, parts: ExtensionParts): Promise<void> {
  const clipId = await chooseVideo(panel);
  if (clipId === undefined) {
    return;
  }
  const problem = await exportTimeline(panel, clipId, parts);
  const timeline = panel.controller.clips.timeline(clipId);
  if (problem && timeline && !timeline.timeline) {
    const look = vscode.l10n.t('Look Through the Clip');
    if ((await vscode.window.showInformationMessage(problem.message, look)) === look) {
      await timeline.start();
    }
  } else if (problem) {
    void vscode.window.showErrorMessage([problem.message, problem.hint ?? ''].join(' ').trim());
  }
}

/** Writes what was noticed in a clip as the person wants it, and shows it. @returns why not */
export async function exportTimeline(panel: ChatPanel, clipId: string, { server }: ExtensionParts): Promise<PanelProblem | undefined> {
  const { t } = vscode.l10n;
  const clip = panel.conversation.clips.find((each) => each.clipId === clipId);
  const timeline = panel.controller.clips.timeline(clipId)?.timeline;
  if (!clip || !timeline) {
    return { message: t('This clip has not been looked through yet.') };
  }
  const formats: (vscode.QuickPickItem & { format: TimelineFormat; ending: string })[] = [
    { label: 'JSON', description: t('everything, for programs'), format: 'json', ending: 'json' },
    { label: 'WebVTT', description: t('a cue for each event'), format: 'webvtt', ending: 'vtt' },
    { label: 'SubRip', description: t('a cue for each event'), format: 'srt', ending: 'srt' },
    { label: 'CSV', description: t('a row for each event'), format: 'csv', ending: 'csv' },
  ];
  const chosen = await vscode.window.showQuickPick(formats, { title: t('Export Timeline') });
  if (!chosen) {
    return undefined;
  }
  const { format, ending, label } = chosen;
  try {
    const { client } = await server.client();
    const { text } = await client.request(TimelineExportRequest, { timeline, format });
    const beside = vscode.Uri.file(`${clip.path.replace(/\.[^./\\]*$/, '')}.timeline.${ending}`);
    const target = await vscode.window.showSaveDialog({ defaultUri: beside, filters: { [label]: [ending] } });
    if (target) {
      await (target.scheme === 'file' ? writeWhole(target.fsPath, text) : vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text)));
      await vscode.window.showTextDocument(target, { preview: true });
    }
    return undefined;
  } catch (error) {
    return problemOf(error, t);
  }
}

/** The panel's video, or one of several; says so where there is none. */
async function chooseVideo({ controller }: ChatPanel): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const videos = controller.clips.view().filter(({ facts }) => facts?.kind !== 'image');
  const items = videos.map(({ clipId, name }) => ({ label: name, clipId }));
  if (items.length > 1) {
    return (await vscode.window.showQuickPick(items, { title: t('Which clip?') }))?.clipId;
  }
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('There is no video in this conversation.'));
  }
  return items[0]?.clipId;
}
