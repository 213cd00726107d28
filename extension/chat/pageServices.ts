import * as vscode from 'vscode';
import type { PanelAction, PanelProblem } from '../../server/protocol/index.js';
import { localPath } from '../files/localPath.js';
import { pickVideo } from '../files/pickVideo.js';
import type { ChatPanel, PanelParts } from './chatPanel.js';
import type { PageServices } from './pageDispatcher.js';
import { openInBrowser } from './openInBrowser.js';
import { exportTimeline } from './timelineCommands.js';
import { copyTranscript, exportTranscript } from './transcriptCommands.js';

/** What the page of a panel may ask the editor to do; everything that leaves the panel goes through here. */
export function pageServices(
  panel: ChatPanel,
  parts: PanelParts,
  newConversation: (paths: string[], together: boolean) => Promise<unknown>,
): PageServices {
  const { t } = vscode.l10n;
  /** Clips that found no place in this conversation: what a new one would be about. */
  let refused: string[] = [];

  const add = (uris: vscode.Uri[]): PanelProblem | undefined => {
    const paths = uris.map(localPath);
    const usable = paths.filter((path) => path !== undefined);
    if (usable.length < paths.length) {
      return { message: t('Only files on this machine can be talked about.'), hint: t('Save a copy on a disk first.') };
    }
    refused = [];
    let problem: PanelProblem | undefined;
    for (const path of usable) {
      const refusal = panel.controller.addClip(path);
      if (refusal) {
        refused.push(path);
        problem = refusal;
      }
    }
    return problem;
  };

  const locate = async (): Promise<void> => {
    const chosen = await pickVideo({ title: t('Locate the File'), images: true });
    const path = chosen && localPath(chosen);
    if (path !== undefined) {
      await panel.controller.locate(path);
    }
  };

  const pick = async (): Promise<PanelProblem | undefined> => {
    const chosen = await pickVideo({ title: t('Add a Clip'), images: true });
    return chosen && add([chosen]);
  };

  const annotate = async (clipId: string, seconds: number | undefined): Promise<PanelProblem | undefined> => {
    const clip = panel.conversation.clips.find((each) => each.clipId === clipId);
    if (!clip) {
      return { message: t('This clip is not in the conversation any more.') };
    }
    const moment = seconds === undefined ? undefined : { startSeconds: seconds, endSeconds: seconds };
    await vscode.commands.executeCommand('videochat.annotateVideo', vscode.Uri.file(clip.path), undefined, moment);
    return undefined;
  };

  const run = async (action: PanelAction): Promise<PanelProblem | undefined> => {
    switch (action) {
      case 'retry':
        return panel.controller.retry();
      case 'restartServer':
        await vscode.commands.executeCommand('videochat.restartServer');
        return undefined;
      case 'showLog':
        await vscode.commands.executeCommand('videochat.showLog');
        return undefined;
      case 'openSettings':
        await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${parts.context.extension.id}`);
        return undefined;
      case 'manageTrust':
        await vscode.commands.executeCommand('workbench.trust.manage');
        return undefined;
      case 'chooseModel':
        await vscode.commands.executeCommand('videochat.selectModel');
        return undefined;
      case 'useCpuOnly':
        await parts.server.restart({ cpuOnly: true });
        return undefined;
      case 'locateFile':
        await locate();
        return undefined;
      case 'addClip':
        return pick();
      case 'exportTranscript':
        await exportTranscript(panel.conversation);
        return undefined;
      case 'copyTranscript':
        await copyTranscript(panel.conversation);
        return undefined;
      case 'newConversation':
        await (refused.length > 0 ? newConversation(refused.splice(0), false) : newConversation(panel.conversation.clips.map(({ path }) => path), true));
        return undefined;
    }
  };

  return {
    copy: async (text) => vscode.env.clipboard.writeText(text),
    openLink: (url) => openInBrowser(url, t('Open this link of an answer in the browser?'), parts),
    addClips: async (uris) => (uris.length === 0 ? pick() : add(uris.map(parseUri))),
    annotate,
    exportTimeline: (clipId) => exportTimeline(panel, clipId, parts),
    action: run,
    warn: (message) => parts.log.warn(message),
  };
}

function parseUri(text: string): vscode.Uri {
  try {
    return vscode.Uri.parse(text, true);
  } catch {
    return vscode.Uri.from({ scheme: 'unknown', path: '/' });
  }
}
