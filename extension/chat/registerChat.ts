import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import type { ExtensionParts } from '../context.js';
import { registerAccessibilityHelp, showAccessibilityHelp } from './accessibilityHelp.js';
import { ChatCommands } from './chatCommands.js';
import { chatViewType, type PanelParts } from './chatPanel.js';
import { ChatPanels } from './chatPanels.js';
import { ChatPanelSerializer } from './chatPanelSerializer.js';
import { ConversationCommands } from './conversationCommands.js';
import { ConversationStore } from './conversationStore.js';
import { ConversationsView } from './conversationsView.js';
import { MediaUrls } from './mediaUrls.js';
import { pageServices } from './pageServices.js';
import { exportTimelineOfPanel, lookThroughClip } from './timelineCommands.js';
import { copyTranscript, exportRatings, exportTranscript } from './transcriptCommands.js';

/** The chat, as other features need it. */
export interface Chat extends Disposable {
  /** The clips of the panel in front; none if another editor is. */
  currentClips(): string[];
}

/**
 * The chat: its panels, its commands, its list of conversations. Reads nothing from disk before it is looked at.
 *
 * @param opened told of every panel that is there from now on
 */
export function registerChat(parts: ExtensionParts, opened: () => void): Chat {
  const { context, log } = parts;
  const store = new ConversationStore({
    // Without a workspace, conversations belong to the person.
    folder: vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'conversations').fsPath,
    t: vscode.l10n.t,
    warn: (message) => {
      log.warn(message);
      void vscode.window.showWarningMessage(message);
    },
  });
  const urls = new MediaUrls(async (base) => (await vscode.env.asExternalUri(vscode.Uri.parse(base))).toString(true));
  const panels = new ChatPanels(() => panelParts, opened);
  const commands = new ChatCommands(store, panels);
  const conversations = new ConversationCommands(store, panels);
  const view = new ConversationsView(store);
  const panelParts: PanelParts = {
    ...parts,
    store,
    urls,
    services: (panel) => pageServices(panel, panelParts, (paths, together) => commands.begin(paths, together)),
    changed: (panel) => panels.changed(panel),
    closed: (panel) => {
      panels.closed(panel);
      if (panel.conversation.turns.length === 0) {
        void store.delete(panel.conversation.id);
      }
    },
  };
  const ofCurrent = (run: (panel: NonNullable<ReturnType<ChatCommands['current']>>) => unknown) => async (): Promise<void> => {
    const panel = commands.current();
    await (panel && run(panel));
  };
  const handlers: Record<string, (...args: never[]) => unknown> = {
    'videochat.chatWithVideo': (...args: Parameters<ChatCommands['chatWithVideo']>) => commands.chatWithVideo(...args),
    'videochat.newConversation': () => commands.newConversation(),
    'videochat.stop': () => commands.stop(),
    'videochat.regenerate': () => commands.regenerate(),
    'videochat.copyTranscript': ofCurrent(({ conversation }) => copyTranscript(conversation)),
    'videochat.exportTranscript': ofCurrent(({ conversation }) => exportTranscript(conversation)),
    'videochat.lookThroughClip': ofCurrent(lookThroughClip),
    'videochat.exportTimeline': ofCurrent((panel) => exportTimelineOfPanel(panel, parts)),
    'videochat.exportRatings': () => exportRatings(store),
    'videochat.openConversation': (target: unknown) => conversations.open(target),
    'videochat.renameConversation': (target: unknown) => conversations.rename(target),
    'videochat.deleteConversation': (target: unknown) => conversations.delete(target),
    'videochat.searchConversations': () => conversations.open(undefined),
    'videochat.focusInput': () => commands.focus('input'),
    'videochat.focusLastAnswer': () => commands.focus('lastAnswer'),
    'videochat.showAccessibilityHelp': showAccessibilityHelp,
  };
  const registrations = vscode.Disposable.from(
    ...Object.entries(handlers).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    vscode.window.registerWebviewPanelSerializer(chatViewType, new ChatPanelSerializer(panels, store)),
    vscode.window.createTreeView('videochat.conversations', { treeDataProvider: view }),
    registerAccessibilityHelp(),
    view,
    panels,
    store,
  );
  return {
    currentClips: () => panels.all.find(({ panel }) => panel.active)?.conversation.clips.map(({ path }) => path) ?? [],
    dispose: () => void registrations.dispose(),
  };
}
